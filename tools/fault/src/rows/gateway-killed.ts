import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../invariants';
import { percentile } from '../percentile';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';

const RECOVERY_P95_MS = 3_000;

/** A gateway of two is killed again and again while both are under load. */
export const gatewayKilled: FaultRow = {
  id: 'F01',
  title: 'gateway: kill -9 at random moments under load, two instances',
  bar: '0 lost, 0 phantom, 0 duplicate; recovery p95 <= 3 s',
  sabotages: { 'ack-before-commit': 'acknowledged alerts are lost' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const { alerts = 12_000, kills = 6, instances = 2 } = options;
  const stand = await context.stand({ gateways: instances });
  const sender = senderTo(stand, context);
  const perKill = Math.ceil(alerts / Math.max(1, kills));
  for (let kill = 0; kill < kills; kill += 1) {
    const victim = random.pick(stand.gateways);
    await victim.whenReady();
    const reached = sender.sentAlerts + random.between(Math.floor(perKill * 0.2), Math.floor(perKill * 0.8));
    const sending = sender.send(Math.min(perKill, alerts - sender.sentAlerts));
    while (sender.sentAlerts < reached) await delay(1);
    victim.kill('SIGKILL');
    const pause = delay(random.between(options.kills && options.kills >= 20 ? 2_000 : 500, 4_000));
    await sending;
    await pause;
    log(`${kill + 1} of ${kills} kills, ${sender.sentAlerts} alerts sent`);
  }
  await Promise.all(stand.gateways.map((gateway) => gateway.whenReady()));
  const recoveries = stand.gateways.flatMap((gateway) => gateway.recoveriesMs());
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const p95 = percentile(recoveries, 0.95);
  if (recoveries.length !== kills) problems.push(`${kills} kills, but ${recoveries.length} recoveries`);
  if (p95 > RECOVERY_P95_MS) problems.push(`recovery p95 ${p95} ms, not <= ${RECOVERY_P95_MS} ms`);
  return {
    figures: { ...figures, kills, recovery_p50_ms: percentile(recoveries, 0.5), recovery_p95_ms: p95 },
    problems,
  };
}
