import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { atMost } from '../../measure';
import { publishedEvents } from '../../published-events';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import { msUntilDrained } from '../nats/drained';

const RECOVERY_MS = 15_000;

/** Everything dies at the same moment and comes back in any order. */
export const everythingKilled: FaultRow = {
  id: 'F75',
  title: 'machine: gateway, two other services, MariaDB, NATS and Redis killed at once, started again in random order',
  bar: '0/0/0; first 2xx within 15 s; every event in its stream',
  sabotages: { 'ack-before-commit': 'acknowledged alerts are lost' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const { kills = 4 } = options;
  const stand = await context.stand({ redis: true, services: ['rules', 'clusters'] });
  const sender = senderTo(stand, context, 'all', { timeoutMs: 5_000 });
  const recoveries: number[] = [];
  for (let kill = 1; kill <= kills; kill += 1) {
    const load = sender.sendByClock(40, 3);
    await delay(random.between(500, 2_000));
    for (const victim of [...stand.services, stand.mariadb, stand.nats, stand.redis]) victim?.kill('SIGKILL');
    const began = performance.now();
    const order = random.shuffled([stand.mariadb, stand.nats, stand.redis]);
    const starting = order.map(async (server) => {
      await delay(random.between(0, 1_500));
      await server?.restart();
    });
    while ((await sender.deliver(sender.nextRange(Infinity))).outcome !== 'ok' && performance.now() - began < 60_000)
      await delay(50);
    recoveries.push(Math.round(performance.now() - began));
    await Promise.all([...starting, load]);
    await Promise.all(stand.services.map((service) => service.whenReady()));
    log(`${kill} of ${kills}, ${sender.sentAlerts} alerts sent`);
  }
  const drainedMs = await msUntilDrained(stand, 60_000);
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const { missing, repeated } = await publishedEvents(stand);
  const worst = Math.max(...recoveries);
  return {
    figures: { ...figures, kills, first_2xx_max_ms: worst, drained_ms: drainedMs, missing, repeated },
    problems: [
      ...problems,
      ...atMost('ms until the first 2xx', worst, RECOVERY_MS),
      ...(missing > 0 ? [`${missing} events are in no stream`] : []),
    ],
  };
}
