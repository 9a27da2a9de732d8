import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { Addresses, ADDRESSES_ALLOWED, register } from './addresses';

const CLUSTERS = 10;
/** Checks are made each second, so a status holds for six. */
const WINDOW_MS = 6_000;

interface History {
  items: { member: string | null; status: string; at: string }[];
}

/** Addresses come and go about once a second. */
export const addressesFlap: FaultRow = {
  id: 'F74',
  title: 'clusters: addresses come and go each second',
  bar: `at most one transition of a cluster, and of a member, in ${WINDOW_MS / 1000} s (six checks)`,
  sabotages: { 'no-hold': 'the status follows whatever two checks say' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const addresses = await Addresses.open(context);
  const stand = await context.stand({ services: ['clusters'], settings: ADDRESSES_ALLOWED });
  const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`);
  for (const name of names)
    await register(stand, { name, endpoint: addresses.of(name), config: { health_check_interval: '1s' } });
  await pollUntil(() => names.every((name) => addresses.asked.has(name)), {
    what: 'each was asked',
    timeoutMs: 30_000,
  });

  const seconds = options.seconds ?? 90;
  let flips = 0;
  for (const end = performance.now() + seconds * 1000; performance.now() < end;) {
    for (const name of names) {
      if (random.chance(0.5)) continue;
      flips += 1;
      if (!addresses.ill.delete(name)) addresses.ill.add(name);
    }
    await delay(1_000);
  }
  log(`${flips} flips of ${CLUSTERS} addresses`);
  const tooSoon: string[] = [];
  let transitions = 0;
  for (const name of names) {
    const { body } = await stand.call<History>('GET', `/clusters/${name}/health/history?limit=500`);
    for (const isMember of [true, false]) {
      const times = body.items.filter(({ member }) => (member !== null) === isMember).map(({ at }) => Date.parse(at));
      transitions += times.length;
      // Newest first.
      for (const [index, at] of times.slice(0, -1).entries())
        if (at - times[index + 1]! < WINDOW_MS) tooSoon.push(`${name} after ${at - times[index + 1]!} ms`);
    }
  }
  const { figures, problems } = await checkInvariants(stand);
  return {
    figures: { ...figures, flips, transitions, too_soon: tooSoon.length },
    problems: [
      ...problems,
      ...(flips > CLUSTERS * 10 ? [] : [`only ${flips} flips`]),
      ...(transitions > 2 * CLUSTERS ? [] : ['hardly anything was noticed']),
      ...(tooSoon.length === 0 ? [] : [`${tooSoon.length} transitions within one window, such as ${tooSoon[0]}`]),
    ],
  };
}
