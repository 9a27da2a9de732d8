import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';
import { publishedEvents } from '../published-events';

/** Longer than any lease of the gateway, so that others take over what the frozen one has in hand. */
const DEFAULT_SECONDS = 15;

/** One of two gateways stands still in the middle of its work and then goes on as if nothing had happened. */
export const gatewayFrozen: FaultRow = {
  id: 'F06',
  title: 'gateway: SIGSTOP under load, two instances',
  bar: '0 lost, 0 phantom, 0 duplicate; nothing that was taken over is done again',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { alerts = 6_000, seconds = DEFAULT_SECONDS, instances = 2 } = context.options;
  const stand = await context.stand({ gateways: instances });
  const sender = senderTo(stand, context, 'alert', { timeoutMs: 3_000 });
  const victim = context.random.pick(stand.gateways);
  const sending = sender.send(alerts);
  while (sender.sentAlerts < alerts * 0.3) await delay(1);
  victim.kill('SIGSTOP');
  context.log(`${victim.name} frozen for ${seconds} s after ${sender.sentAlerts} alerts`);
  await delay(seconds * 1_000);
  victim.kill('SIGCONT');
  await sending;
  await victim.whenReady();
  await sender.send(Math.ceil(alerts / 10));
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const events = await publishedEvents(stand);
  if (events.repeated > 0) problems.push(`${events.repeated} events are in the stream twice`);
  if (events.missing > 0) problems.push(`I3: ${events.missing} events of the outbox are not in the stream`);
  return { figures: { ...figures, events: events.inStream, events_twice: events.repeated }, problems };
}
