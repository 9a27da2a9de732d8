import { setTimeout as delay } from 'node:timers/promises';
import { FakeClock } from '../../injectors/clock';
import { checkInvariants } from '../../invariants';
import { onlyAnswers } from '../../measure';
import { publishedEvents } from '../../published-events';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';
import { msUntilDrained } from '../nats/drained';

const HOUR_MS = 3_600_000;
const STAY_MS = 4_000;
const TOKEN_LIFE_MS = 10 * 60_000;
const EXPIRED_LIFE_MS = 2_000;
/** Work left behind by a wrong clock must not wait for that clock. */
const DRAINED_MS = 20_000;

/** The clock of one of two gateways jumps ahead, back, and runs too fast. */
export const wrongClock: FaultRow = {
  id: 'F79',
  title: 'time: clock of one of two gateways +2 h, -1 h, twice as fast, and right again, under load',
  bar:
    '0/0/0, resolved stays resolved, nothing is left waiting for the wrong time, events published; a token of 10 minutes is ' +
    'good and one expired since 2 s is not, on both gateways, at every time',
  sabotages: { 'machine-clock': 'work waits for the wrong time, tokens are judged by it' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const clock = await FakeClock.create();
  context.later(() => clock.close());
  const stand = await context.stand({
    gateways: 2,
    launch: (_service, index, command) =>
      index === 1 ? { ...command, env: { ...command.env, ...clock.environment } } : command,
  });
  const sender = senderTo(stand, context, 'clock');
  const good = await issueToken(stand, TOKEN_LIFE_MS);
  const expired = await issueToken(stand, EXPIRED_LIFE_MS);
  await delay(2 * EXPIRED_LIFE_MS);
  const problems: string[] = [];
  const steps: [name: string, take: () => void][] = [
    ['+2 h', () => clock.step(2 * HOUR_MS)],
    ['-1 h', () => clock.step(-HOUR_MS)],
    ['x2', () => clock.speed(2)],
    ['right', () => clock.step(0)],
  ];
  for (const [name, take] of steps) {
    const load = sender.sendByClock(30, STAY_MS / 1_000);
    await delay(500);
    take();
    await delay(STAY_MS / 2);
    problems.push(...(await tokenProblems(stand, good, expired, name)));
    await load;
    context.log(`${name}: ${sender.sentAlerts} alerts sent`);
  }
  // What was fired is resolved, whatever the time was when it fired.
  for (let from = 0; from < 200; from += 20) await sender.deliver({ from, count: 20, status: 'resolved' });
  for (let from = 0; from < 200; from += 20) await sender.deliver({ from, count: 20, status: 'firing' });
  const drainedMs = await msUntilDrained(stand, DRAINED_MS);
  const found = await checkInvariants(stand, { senders: [sender], patienceMs: DRAINED_MS });
  const { missing } = await publishedEvents(stand);
  return {
    figures: { ...found.figures, drained_ms: drainedMs, missing },
    problems: [
      ...found.problems,
      ...problems,
      ...onlyAnswers(sender, ['202']),
      ...(missing > 0 ? [`${missing} events are in no stream`] : []),
    ],
  };
}

async function issueToken(stand: Stand, lifeMs: number): Promise<string> {
  const { status, body } = await stand.call<{ token: string }>('POST', '/tokens', {
    name: 'clocked',
    role: 'viewer',
    expires_at: new Date(Date.now() + lifeMs).toISOString(),
  });
  if (status !== 201) throw new Error(`no token: ${status} ${JSON.stringify(body)}`);
  return body.token;
}

async function tokenProblems(stand: Stand, good: string, expired: string, when: string): Promise<string[]> {
  const problems: string[] = [];
  for (const gateway of stand.gateways) {
    for (const [token, wanted] of [
      [good, 200],
      [expired, 401],
    ] as const) {
      const response = await fetch(`${gateway.url}/api/v1/alerts?limit=1`, {
        headers: { authorization: `Bearer ${token}` },
      });
      await response.arrayBuffer();
      if (response.status !== wanted)
        problems.push(
          `${when}, ${gateway.name}: a token that is ${wanted === 200 ? 'good' : 'expired'} was answered ${response.status}`,
        );
    }
  }
  return problems;
}
