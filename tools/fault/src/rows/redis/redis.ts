import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:net';
import { checkInvariants } from '../../invariants';
import { atMost, onlyAnswers } from '../../measure';
import { percentile } from '../../percentile';
import { publishedEvents } from '../../published-events';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';

const P99_MS = 500;
/** A revoked token may be taken from the cache so long; the rest is the time of the calls. */
const REVOKED_WITHIN_MS = 3_000;
const LEASE_MS = 10_000;

/** Redis dies, forgets everything, and comes back empty. */
export const redisKilled: FaultRow = {
  id: 'F42',
  title: 'Redis: flushall, kill -9, empty after its restart',
  bar:
    'a cache only: every webhook and call answered as without the fault, revoked tokens refused within 3 s; 0/0/0. ' +
    'No rate limit is kept in Redis, so there is no side to fail to',
  run: async (context) => {
    const stand = await context.stand({ redis: true });
    const sender = senderTo(stand, context, 'redis');
    const load = sender.sendByClock(30, 12);
    const calls = watchCalls(stand, 12_000);
    await delay(1_500);
    await redisCommand(stand, 'FLUSHALL');
    await delay(1_000);
    stand.redis?.kill('SIGKILL');
    await delay(1_000);
    const revokedMs = await msUntilRevoked(stand);
    await delay(1_000);
    await stand.redis?.restart();
    await load;
    const { statuses } = await calls;
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    return {
      figures: { ...figures, calls: statuses.join(' '), revoked_within_ms: revokedMs },
      problems: [
        ...problems,
        ...onlyAnswers(sender, ['202']),
        ...only200(statuses),
        ...atMost('ms until a revoked token was refused', revokedMs, REVOKED_WITHIN_MS),
      ],
    };
  },
};

/** Redis stops to answer without closing anything. */
export const redisFrozen: FaultRow = {
  id: 'F43',
  title: 'Redis: SIGSTOP (10 s unless told by --seconds; 30 is full size)',
  bar: 'p99 of webhooks and of calls that use the cache <= 500 ms; logged once; 0/0/0',
  run: async (context) => {
    const { seconds = 10 } = context.options;
    const stand = await context.stand({ redis: true });
    const sender = senderTo(stand, context, 'redis');
    await watchCalls(stand, 500);
    stand.redis?.kill('SIGSTOP');
    const load = sender.sendByClock(50, seconds);
    const { statuses, ms } = await watchCalls(stand, seconds * 1_000);
    await load;
    const lines = outageLines(stand);
    stand.redis?.kill('SIGCONT');
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    const [webhookP99, callP99] = [percentile(sender.acceptedMs, 0.99), percentile(ms, 0.99)];
    const bypassed = ms.filter((each) => each < 100).length / ms.length;
    return {
      figures: {
        ...figures,
        webhook_p99_ms: Math.round(webhookP99),
        call_p99_ms: Math.round(callP99),
        call_max_ms: Math.round(Math.max(...ms)),
        calls: ms.length,
        share_of_calls_under_100_ms: Math.round(bypassed * 1_000) / 1_000,
        log_lines: lines.length,
      },
      problems: [
        ...problems,
        ...onlyAnswers(sender, ['202']),
        ...only200(statuses),
        ...atMost('ms p99 of webhooks', webhookP99, P99_MS),
        ...atMost('ms p99 of calls', callP99, P99_MS),
        ...atMost('log lines about it', lines.length, 1),
      ],
    };
  },
};

/** Redis has no memory left and may forget nothing. */
export const redisFull: FaultRow = {
  id: 'F44',
  title: 'Redis: out of memory, noeviction',
  bar: 'no 5xx, what cannot be kept is a cache miss, logged once; 0/0/0',
  run: async (context) => {
    const stand = await context.stand({ redis: true });
    await watchCalls(stand, 500);
    await redisCommand(stand, 'CONFIG SET maxmemory-policy noeviction');
    await redisCommand(stand, 'CONFIG SET maxmemory 1');
    const sender = senderTo(stand, context, 'redis');
    const load = sender.sendByClock(30, 6);
    const { statuses } = await watchCalls(stand, 6_000);
    await load;
    const lines = outageLines(stand);
    const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
    return {
      figures: { ...figures, calls: statuses.join(' '), log_lines: lines.length },
      problems: [
        ...problems,
        ...onlyAnswers(sender, ['202']),
        ...only200(statuses),
        ...(lines.length === 1 ? [] : [`${lines.length} log lines about it, not 1: ${lines.join(' | ')}`]),
      ],
    };
  },
};

/** An instance that holds claims is frozen for longer than they last, while another one works on. */
export const claimHolderFrozen: FaultRow = {
  id: 'F45',
  title: 'claims: their holder frozen for longer than they last (10 s), another instance works on',
  bar:
    '0 events out twice, none missing; 0/0/0. There is no lock in Redis here: work is claimed by row locks (SKIP LOCKED) that ' +
    'end with their transaction, and outbox rows for 10 s under a message id that NATS and every inbox know',
  run: async (context) => {
    const { kills: freezes = 2 } = context.options;
    const stand = await context.stand({ gateways: 2 });
    const sender = senderTo(stand, context, 'claims', { timeoutMs: 5_000 });
    for (let freeze = 0; freeze < freezes; freeze += 1) {
      const victim = context.random.pick(stand.gateways);
      const load = sender.sendByClock(60, 6);
      await delay(context.random.between(1_000, 2_500));
      victim.kill('SIGSTOP');
      await load;
      await delay(LEASE_MS - 1_000);
      victim.kill('SIGCONT');
      context.log(`${freeze + 1} of ${freezes} freezes`);
    }
    return claimsResult(context, stand, sender);
  },
};

async function claimsResult(
  context: RowContext,
  stand: Stand,
  sender: ReturnType<typeof senderTo>,
): Promise<RowResult> {
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const { inStream, repeated, missing } = await publishedEvents(stand);
  return {
    figures: { ...figures, events: inStream, repeated, missing },
    problems: [
      ...problems,
      ...(repeated > 0 ? [`${repeated} events are in the stream more than once`] : []),
      ...(missing > 0 ? [`${missing} events are in no stream`] : []),
    ],
  };
}

/** Calls the API with a token, whose standing is kept in Redis, for a while. */
async function watchCalls(stand: Stand, forMs: number): Promise<{ statuses: number[]; ms: number[] }> {
  const until = performance.now() + forMs;
  const [statuses, ms] = [new Set<number>(), [] as number[]];
  while (performance.now() < until) {
    const began = performance.now();
    const { status } = await stand.call('GET', '/alerts?limit=1');
    ms.push(performance.now() - began);
    statuses.add(status);
    await delay(25);
  }
  return { statuses: [...statuses], ms };
}

/** Issues a token, uses it, revokes it; resolves to how long it was still taken. */
async function msUntilRevoked(stand: Stand): Promise<number> {
  const issued = await stand.call<{ id: string; token: string }>('POST', '/tokens', {
    name: 'short-lived',
    role: 'viewer',
  });
  const use = async (): Promise<number> => {
    const response = await fetch(`${stand.gateway.url}/api/v1/alerts?limit=1`, {
      headers: { authorization: `Bearer ${issued.body.token}` },
    });
    await response.arrayBuffer();
    return response.status;
  };
  if ((await use()) !== 200) throw new Error(`a new token does not work: ${JSON.stringify(issued)}`);
  await stand.call('DELETE', `/tokens/${issued.body.id}`);
  const began = performance.now();
  while ((await use()) === 200 && performance.now() - began < 10_000) await delay(20);
  return Math.round(performance.now() - began);
}

function outageLines(stand: Stand): string[] {
  const lines = stand.gateway.log().split('\n');
  return lines.flatMap((line) => /shared cache[^"]*/i.exec(line)?.[0] ?? []);
}

function only200(statuses: readonly number[]): string[] {
  const others = statuses.filter((status) => status !== 200);
  return others.length === 0 ? [] : [`calls were answered ${others.join(', ')}`];
}

/** One command in Redis' inline form. */
async function redisCommand(stand: Stand, command: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ port: stand.redis?.port ?? 0, host: '127.0.0.1' }, () => socket.write(`${command}\r\n`));
    socket.once('data', (answer) => {
      socket.destroy();
      if (answer.toString().startsWith('+OK')) resolve();
      else reject(new Error(`${command}: ${answer.toString()}`));
    });
    socket.once('error', reject);
  });
}
