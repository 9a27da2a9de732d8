import { setTimeout as delay } from 'node:timers/promises';
import { pollUntil } from '@alertagent/local-stack';
import { checkInvariants } from '../../invariants';
import { atMost } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { Addresses, ADDRESSES_ALLOWED, register } from './addresses';

const CLUSTERS = 100;
const INTERVAL_S = 10;

interface Health {
  items: { name: string; status: string; members: { status: string }[] }[];
}

/** Half of all addresses take connections and answer nothing. */
export const addressesHang: FaultRow = {
  id: 'F73',
  title: 'clusters: 50 of 100 addresses are black holes',
  bar: `the others are checked at least every ${INTERVAL_S} s + 1 s and stay healthy; those that hang are told`,
  sabotages: { 'one-lane': 'what hangs takes the turns of the others' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, log } = context;
  const addresses = await Addresses.open(context);
  const stand = await context.stand({ services: ['clusters'], settings: ADDRESSES_ALLOWED });
  const names = Array.from({ length: CLUSTERS }, (_, index) => `c${index}`);
  for (const name of names)
    await register(stand, {
      name,
      endpoint: addresses.of(name),
      config: { health_check_interval: `${INTERVAL_S}s` },
    });
  const health = async () => (await stand.call<Health>('GET', '/clusters/health?limit=500')).body.items;
  const all = (status: string, of: readonly string[]) =>
    pollUntil(
      async () => (await health()).filter((each) => of.includes(each.name)).every((each) => each.status === status),
      {
        what: `${of.length} clusters to be ${status}`,
        timeoutMs: 120_000,
        intervalMs: 500,
      },
    );
  await all('healthy', names);
  // What the machine makes of it while nothing hangs, to compare with.
  const calm = performance.now();
  await delay(30_000);

  const [lost, kept] = [names.filter((_, index) => index % 2 === 0), names.filter((_, index) => index % 2 === 1)];
  for (const name of lost) addresses.hanging.add(name);
  const from = performance.now();
  log(`${lost.length} addresses hang`);
  await delay((options.seconds ?? 90) * 1000);
  await all('warning', lost);
  const until = performance.now();
  const worstOf = (begin: number, end: number): number =>
    Math.max(...kept.flatMap((name) => gapsOf(addresses.asked.get(name) ?? [], begin, end))) / 1000;
  const stayed = (await health()).filter(({ name, status }) => kept.includes(name) && status === 'healthy').length;
  const worst = worstOf(from, until);
  addresses.release();
  // Until then their connections are open, and rightly so.
  await delay(2 * INTERVAL_S * 1000);
  const { figures, problems } = await checkInvariants(stand);
  return {
    figures: {
      ...figures,
      clusters: CLUSTERS,
      hanging: lost.length,
      calm_gap_s: worstOf(calm, from).toFixed(2),
      worst_gap_s: worst.toFixed(2),
      healthy: stayed,
    },
    problems: [
      ...problems,
      ...atMost('s between two checks of an address that answers', worst, INTERVAL_S + 1),
      ...(stayed === kept.length ? [] : [`only ${stayed} of ${kept.length} others stayed healthy`]),
    ],
  };
}

/** Times between checks in a span, in ms; from its last check on, time runs to the end of the span. */
function gapsOf(asked: readonly number[], from: number, until: number): number[] {
  const times = [...asked.filter((at) => at <= until), until];
  return times.flatMap((at, index) => (index > 0 && at >= from ? [at - times[index - 1]!] : []));
}
