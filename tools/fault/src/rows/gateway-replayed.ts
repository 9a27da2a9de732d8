import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import { senderTo } from '../sender-to';
import type { Sender } from '../sender';
import { countOf } from '../stored-alerts';

const SENDERS_AT_ONCE = 64;
const FRESH_BODIES = 600;
const FRESH_AT_ONCE = 16;
const ALERTS = 5;

/** The same webhook arrives again and again at two gateways at once. */
export const gatewayReplayed: FaultRow = {
  id: 'F11',
  title: 'gateway: the same body 1,000 times at once, two instances',
  bar: 'one record of each alert, every answer 2xx',
  sabotages: { 'drop-unique': 'two gateways that meet the same new alert both store it' },
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { options, log } = context;
  const { instances = 2, alerts: repeats = 1_000 } = options;
  const stand = await context.stand({ gateways: instances });
  // An index must stay: reads that scan the table would lock each other's new rows and so hide what is missing.
  if (options.sabotage === 'drop-unique') {
    await stand.database.query(
      'ALTER TABLE alerts DROP INDEX UQ_alerts_episode_key, ADD INDEX IX_alerts_episode_key (episode_key)',
    );
  }
  // Few groups: alerts that join an open incident are kept apart by nothing but their own key.
  const sender = senderTo(stand, context, 'alert', { repeated: 0, style: { services: 2 } });

  await replay(sender, repeats);
  log(`one body ${repeats} times`);
  // The race is between first sights; one body has only one of those.
  await toAllAtOnce(sender, stand.webhookUrls);
  log(`${FRESH_BODIES} further bodies at all gateways at once`);

  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const refused = [...sender.answers].filter(([answer]) => !answer.startsWith('2'));
  for (const [answer, count] of refused) problems.push(`${count} webhooks were answered with ${answer}`);
  const expected = (1 + FRESH_BODIES) * ALERTS;
  if (figures['stored'] !== expected) problems.push(`${figures['stored']} records, not ${expected}`);
  const repeated = await countOf(
    stand.database,
    "SELECT COUNT(*) FROM alert_processing_records WHERE disposition = 'duplicate'",
  );
  const deadlocks = await countOf(
    stand.database,
    "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'INNODB_DEADLOCKS'",
  );
  return { figures: { ...figures, duplicates_absorbed: repeated, deadlocks }, problems };
}

/** Sends one new body this many times, many of them at once. */
async function replay(sender: Sender, times: number): Promise<void> {
  const range = { from: sender.sentAlerts, count: ALERTS, status: 'firing' as const };
  let left = times;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await sender.deliver(range);
    }
  };
  await Promise.all(Array.from({ length: SENDERS_AT_ONCE }, work));
}

/** Sends new bodies, each to every gateway at the same moment. */
async function toAllAtOnce(sender: Sender, urls: readonly string[]): Promise<void> {
  let left = FRESH_BODIES;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const range = { from: sender.sentAlerts, count: ALERTS, status: 'firing' as const };
      await Promise.all(urls.map((url) => sender.deliver(range, url)));
    }
  };
  await Promise.all(Array.from({ length: FRESH_AT_ONCE }, work));
}
