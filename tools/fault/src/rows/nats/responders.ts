import { checkInvariants } from '../../invariants';
import { atMost, onlyAnswers } from '../../measure';
import { percentile } from '../../percentile';
import { publishedEvents } from '../../published-events';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';
import { msUntilDrained } from './drained';

const DEAD_MS = 50;
/** The contract's three seconds, and the answer itself. */
const SLOW_MS = 3_200;
const CALLS = 20;

/** A service that others ask is dead, or does not answer. */
export const natsResponders: FaultRow = {
  id: 'F39',
  title: 'NATS: request to a dead or frozen service',
  bar: 'dead: 503 within 50 ms; frozen: an error within 3 s, and at once after five of them (circuit); well again within 6 s',
  sabotages: { 'no-circuit': 'callers wait three seconds each' },
  run: responders,
};

async function responders(context: RowContext): Promise<RowResult> {
  const stand = await context.stand({ services: ['rules'] });
  const [rules] = stand.others;
  if (!rules) throw new Error('this row needs the rules service');
  for (let call = 0; call < CALLS; call += 1) await ask(stand);
  rules.hold();
  await rules.end('SIGKILL');
  const dead = await times(stand, CALLS);
  rules.release();
  await rules.whenReady();
  // Readiness is not yet a subscription at the server.
  await wellAgain(stand);
  rules.kill('SIGSTOP');
  const slow = await times(stand, 5);
  const refused = await times(stand, CALLS);
  rules.kill('SIGCONT');
  const backMs = await wellAgain(stand);
  const { figures, problems } = await checkInvariants(stand);
  const worst = { dead: percentile(dead.ms, 0.95), slow: Math.max(...slow.ms), refused: percentile(refused.ms, 0.95) };
  return {
    figures: {
      ...figures,
      dead_p95_ms: Math.round(worst.dead),
      slow_max_ms: Math.round(worst.slow),
      refused_p95_ms: Math.round(worst.refused),
      statuses: [...dead.statuses, ...slow.statuses, ...refused.statuses].join(' '),
      back_ms: Math.round(backMs),
    },
    problems: [
      ...problems,
      ...atMost('ms to ask a dead service', worst.dead, DEAD_MS),
      ...atMost('ms to ask a frozen service', worst.slow, SLOW_MS),
      ...atMost('ms once the circuit is open', worst.refused, DEAD_MS),
      ...atMost('ms until well again', backMs, 6_000),
      ...([...dead.statuses, ...refused.statuses].every((status) => status === 503) ? [] : ['not only 503']),
      ...([...slow.statuses].every((status) => status === 503 || status === 504) ? [] : ['not only 503 and 504']),
    ],
  };
}

/** A group whose events would not fit into one message. */
export const natsLargeMessage: FaultRow = {
  id: 'F41',
  title: 'NATS: alert group of more than max_payload (1 MB)',
  bar: 'taken in, stored whole, events published; 0 publishing errors; 0/0/0',
  run: async (context) => {
    const stand = await context.stand();
    const sender = senderTo(stand, context, 'large', { style: { padding: 6_000 } });
    const { status, ms } = await sender.deliver({ from: 0, count: 400, status: 'firing' });
    const drainedMs = await msUntilDrained(stand, 60_000);
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    const { inStream, missing } = await publishedEvents(stand);
    const log = stand.gateway.log();
    return {
      figures: { ...figures, ack_ms: Math.round(ms), drained_ms: drainedMs, events: inStream, missing },
      problems: [
        ...problems,
        ...onlyAnswers(sender, ['202']),
        ...(status === 202 ? [] : [`answered ${status}`]),
        ...(/MAX_PAYLOAD|could not be published/.test(log) ? ['an event could not be published'] : []),
      ],
    };
  },
};

async function ask(stand: Stand): Promise<number> {
  return (await stand.call('GET', '/rules?limit=1')).status;
}

async function times(stand: Stand, calls: number): Promise<{ ms: number[]; statuses: Set<number> }> {
  const ms: number[] = [];
  const statuses = new Set<number>();
  for (let call = 0; call < calls; call += 1) {
    const began = performance.now();
    statuses.add(await ask(stand));
    ms.push(performance.now() - began);
  }
  return { ms, statuses };
}

async function wellAgain(stand: Stand): Promise<number> {
  const began = performance.now();
  while ((await ask(stand)) !== 200 && performance.now() - began < 20_000)
    await new Promise((resolve) => setTimeout(resolve, 25));
  return performance.now() - began;
}
