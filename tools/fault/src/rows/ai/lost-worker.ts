import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { AiScene } from './ai-scene';

const DEFAULT_KILLS = 5;

/** The process dies after the effect and before its record. Nobody can tell then, so nobody may do it again. */
export const lostWorker: FaultRow = {
  id: 'F53',
  title: 'ai: kill -9 after the effect of an action, before its record',
  bar: 'one effect each, state unknown and raised to people, never done again',
  sabotages: { 'repeat-lost': 'what was lost in the middle is begun again' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const kills = context.options.kills ?? DEFAULT_KILLS;
  const scene = await AiScene.start(context, { env: { ALERTAGENT_FAILPOINT: 'after_effect:kill' } });
  const [person = ''] = await scene.people(1);
  const ai = scene.stand.others[0]!;
  const ids: string[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const { id } = await scene.ask(`lost-${kill}`);
    ids.push(id);
    const lives = ai.lives.length;
    await pollUntil(async () => (await scene.approve(id, person)) === 200, {
      what: 'the approval',
      timeoutMs: 60_000,
      intervalMs: 200,
    });
    await pollUntil(() => ai.lives.length > lives, { what: 'the process to die at its failpoint', timeoutMs: 60_000 });
    await ai.whenReady();
    context.log(`${kill + 1} of ${kills} killed after the effect`);
  }
  const unknown = await pollUntil(
    async () => {
      const actions = await scene.actions();
      const isOver = actions.every(({ execution_status }) => !['approved', 'executing'].includes(execution_status));
      return isOver ? actions : null;
    },
    { what: 'the leases to end', timeoutMs: 120_000, intervalMs: 500 },
  );
  const findings = await checkInvariants(scene.stand);
  const effects = scene.effects();
  const { problems } = findings;
  const repeated = ids.filter((id) => effects.get(id) !== 1);
  if (repeated.length > 0) problems.push(`${repeated.length} of ${kills} did not have exactly one effect`);
  const shown = unknown.filter(({ id, execution_status }) => ids.includes(id) && execution_status === 'unknown').length;
  if (shown !== kills) problems.push(`${shown} of ${kills} are shown as unknown`);
  const escalations = await scene.list<{ escalation_type: string }>('/escalations');
  const raised = escalations.filter(({ escalation_type }) => escalation_type === 'action_unknown').length;
  if (raised !== kills) problems.push(`${raised} of ${kills} were raised to people`);
  return {
    figures: { ...findings.figures, kills, effects: scene.target.requests.length, unknown: shown, raised },
    problems,
  };
}
