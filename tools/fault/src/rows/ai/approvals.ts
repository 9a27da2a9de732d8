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
    const own = await answered(
      async () => (await scene.stand.call('POST', `/automation/actions/${id}/approve`, {})).status,
    );
    if (own !== 403) problems.push(`who asked for it could approve it (${own})`);
    for (const status of await Promise.all(clickers.map((token) => scene.approve(id, token))))
      answers.set(status, (answers.get(status) ?? 0) + 1);
    // Where all 50 were told to come again, one does.
    await answered(() => scene.approve(id, people[0] ?? ''));
  }
  await pollUntil(() => raced.every((id) => scene.effects().has(id)), {
    what: 'every approved action to have its effect',
    timeoutMs: 60_000,
  }).catch(() => undefined);
  context.log(`${rounds} requests, each approved ${clickers.length} times at once`);

  await delay(Math.max(0, asked + APPROVAL_WITHIN_MS + 2_000 - Date.now()));
  for (const id of late) {
    const statuses = await Promise.all(clickers.map((token) => scene.approve(id, token)));
    if (statuses.includes(200)) problems.push('an expired request could be approved');
    const refusal = await answered(() => scene.approve(id, people[0] ?? ''));
    if (refusal !== 409) problems.push(`approving an expired request was answered with ${refusal}`);
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
  const unexpected = [...answers.keys()].filter((status) => ![200, 409, 503, 504].includes(status));
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

/** The first answer that is about the request: a machine that is asked for too much at once says so, and is asked again. */
async function answered(ask: () => Promise<number>): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const status = await ask();
    if ((status !== 503 && status !== 504) || attempt === 30) return status;
    await delay(1_000);
  }
}
