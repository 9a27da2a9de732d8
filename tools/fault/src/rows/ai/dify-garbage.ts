import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { AiScene, workflowRun } from './ai-scene';

const GARBAGE: readonly string[] = [
  '',
  'I am sorry, as a language model I { cannot [ do that',
  '{"root_cause": "unclear", "severity_score": NaN, "confidence": 1e308, "suggested_actions": []}',
  '{"root_cause": "unclear", "severity_score": 1e308, "confidence": 0.99, "suggested_actions": ["wipe_volumes"]}',
  '{"root_cause": "unclear", "severity_score": "0", "confidence": [0.9], "suggested_actions": "wipe_volumes"}',
  '{"root_cause": 7, "severity_score": 0, "confidence": 1, "suggested_actions": [["wipe_volumes"]]}',
  '{"analysis": {"cause": "unclear", "score": 0}, "suggested_actions": ["wipe_volumes"]}',
  `{"root_cause": "${'x'.repeat(1_000_000)}"}`,
  '[1, 2, 3]',
  'null',
];

/** The model's answers cannot be used: people get every one of these incidents, and nothing is done. */
export const difyGarbage: FaultRow = {
  id: 'F49',
  title: 'ai: Dify answers garbage, wrong types, NaN, 1e308, 1 MB, another schema',
  bar: '100 % escalated to people, 0 actions',
  sabotages: { 'calm-failure': 'an analysis without usable scores calls nobody' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const scene = await AiScene.start(context);
  const count = context.options.n ?? 3 * GARBAGE.length;
  let answered = 0;
  scene.dify.answer = () => {
    const text = GARBAGE[answered % GARBAGE.length]!;
    answered += 1;
    return workflowRun(text);
  };
  await scene.alert(
    Array.from({ length: count }, (_, index) => `something is wrong ${index}`),
    'garbage',
  );
  const analyses = await scene.analyses(count);
  const escalations = await scene.list<{ incident_id: string; requested_by: string }>('/escalations');
  const called = new Set(escalations.map(({ incident_id }) => incident_id)).size;
  const actions = await scene.actions();
  const { figures, problems } = await checkInvariants(scene.stand);
  if (called !== count) problems.push(`people were called for ${called} of ${count} incidents`);
  if (actions.length > 0) problems.push(`${actions.length} actions were asked for`);
  if (scene.target.requests.length > 0) problems.push(`${scene.target.requests.length} effects`);
  return {
    figures: {
      ...figures,
      incidents: count,
      failed: analyses.filter(({ status }) => status === 'failed').length,
      escalated: called,
      actions: actions.length,
    },
    problems,
  };
}
