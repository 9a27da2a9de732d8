import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { AiScene } from './ai-scene';

const DEFAULT_ROUNDS = 10;
const PEOPLE = 10;
/** 50 approvals of each request at once: ten people, five clicks each. */
const CLICKS = 5;
const LATE = 5;
const APPROVAL_WITHIN_MS = 60_000;

/** Many people approve the same request at the same moment, click twice, or come too late. */
export const approvalRace: FaultRow = {
  id: 'F52',
  title: 'ai: approval race: 50 parallel approvals by 10 people, double clicks, expiry',
  bar: 'each request has its effect once, an expired one never',
  sabotages: { 'no-revision': 'two who decide at once both win' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const rounds = context.options.n ?? DEFAULT_ROUNDS;
  const scene = await AiScene.start(context, { automation: { approval_within: '1m' } });
  const people = await scene.people(PEOPLE);
  const clickers = Array.from({ length: CLICKS }, () => people).flat();
  const problems: string[] = [];

  const late: string[] = [];
  for (let index = 0; index < LATE; index++) late.push((await scene.ask(`late-${index}`)).id);
  const asked = Date.now();
  const answers = new Map<number, number>();
  const raced: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const { id } = await scene.ask(`raced-${round}`);
    raced.push(id);
    const own = await scene.stand.call('POST', `/automation/actions/${id}/approve`, {});
    if (own.status !== 403) problems.push(`who asked for it could approve it (${own.status})`);
    for (const status of await Promise.all(clickers.map((token) => scene.approve(id, token))))
      answers.set(status, (answers.get(status) ?? 0) + 1);
  }
  await pollUntil(() => raced.every((id) => scene.effects().has(id)), {
    what: 'every approved action to have its effect',
    timeoutMs: 60_000,
  }).catch(() => undefined);
  context.log(`${rounds} requests, each approved ${clickers.length} times at once`);

  await delay(Math.max(0, asked + APPROVAL_WITHIN_MS + 2_000 - Date.now()));
  for (const id of late) {
    const statuses = await Promise.all(clickers.map((token) => scene.approve(id, token)));
    if (statuses.some((status) => status !== 409)) problems.push('an expired request could be approved');
  }
  const findings = await checkInvariants(scene.stand);
  const effects = scene.effects();
  const wrong = raced.filter((id) => effects.get(id) !== 1);
  if (wrong.length > 0)
    problems.push(
      `${wrong.length} requests had ${wrong.map((id) => effects.get(id) ?? 0).join(', ')} effects, not one`,
    );
  const expired = late.filter((id) => effects.has(id));
  if (expired.length > 0) problems.push(`${expired.length} expired requests had an effect`);
  const unexpected = [...answers.keys()].filter((status) => ![200, 409, 503].includes(status));
  if (unexpected.length > 0) problems.push(`approvals were answered with ${unexpected.join(', ')}`);
  return {
    figures: {
      ...findings.figures,
      requests: rounds,
      approvals: rounds * clickers.length,
      effects: raced.reduce((sum, id) => sum + (effects.get(id) ?? 0), 0),
      expired: late.length,
      effects_of_expired: expired.length,
    },
    problems: [...new Set(problems), ...findings.problems],
  };
}
