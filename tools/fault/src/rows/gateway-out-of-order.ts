import { deliverEvents, EpisodeEvent, type EpisodeMoment } from '../episode-events';
import { checkInvariants } from '../invariants';
import { settled } from '../quiescence';
import type { FaultRow, RowContext, RowResult } from '../row';
import { countOf } from '../stored-alerts';
import type { Stand } from '../stand';

const DEFAULT_ALERTS = 200;

/** Events overtake each other; what an alert is in the end follows from their times alone. */
export const gatewayOutOfOrder: FaultRow = {
  id: 'F12',
  title: 'gateway: resolved first, then older firing; two episodes in random order',
  bar: 'every closed episode stays closed; a late firing is history',
  run,
};

/** Two episodes of one alert, the second later than the first. */
const FIRST = { startMinute: 0, endMinute: 10 };
const SECOND = { startMinute: 20, endMinute: 30 };

async function run(context: RowContext): Promise<RowResult> {
  const { options, random, log } = context;
  const count = options.alerts ?? DEFAULT_ALERTS;
  const stand = await context.stand();
  const began = Date.now() - 3_600_000;
  const problems: string[] = [];

  const reversed = Array.from({ length: count }, (_, index) => `reversed-${index}`);
  for (const status of ['resolved', 'firing'] as const) {
    const events = reversed.map((alert) => new EpisodeEvent(alert, { ...FIRST, status }, began));
    problems.push(...(await deliverEvents(stand, events)));
    await settled(stand.database);
  }
  log(`${count} alerts resolved first, then fired with the same start`);

  const shuffled = Array.from({ length: count }, (_, index) => `shuffled-${index}`);
  const moments: EpisodeMoment[] = [FIRST, SECOND].flatMap((episode) => [
    { ...episode, status: 'firing' as const },
    { ...episode, status: 'resolved' as const },
  ]);
  const events = shuffled.flatMap((alert) =>
    random.shuffled(moments).map((moment) => new EpisodeEvent(alert, moment, began)),
  );
  for (let from = 0; from < events.length; from += 4) {
    // One alert's events one webhook after the other: their order is what the row is about.
    for (const event of events.slice(from, from + 4)) problems.push(...(await deliverEvents(stand, [event])));
  }
  log(`${count} alerts with two episodes in random order`);

  const findings = await checkInvariants(stand);
  problems.push(...findings.problems, ...(await open(stand, reversed.length)));
  const stale = await countOf(
    stand.database,
    "SELECT COUNT(*) FROM alert_processing_records WHERE disposition = 'stale'",
  );
  if (stale < count) problems.push(`${stale} late firings are on record as history, not at least ${count}`);
  return { figures: { ...findings.figures, alerts: 2 * count, events: 6 * count, late: stale }, problems };
}

async function open(stand: Stand, reversed: number): Promise<string[]> {
  const firing = await countOf(stand.database, "SELECT COUNT(*) FROM alerts WHERE status = 'firing'");
  const incidents = await countOf(stand.database, "SELECT COUNT(*) FROM incidents WHERE status = 'open'");
  const closed = await countOf(
    stand.database,
    `SELECT COUNT(*) FROM alerts WHERE status = 'resolved' AND labels LIKE '%"reversed-%'`,
  );
  return [
    ...(firing > 0 ? [`I14: ${firing} episodes fire although their end was delivered`] : []),
    ...(incidents > 0 ? [`${incidents} incidents are open although nothing fires`] : []),
    ...(closed === reversed ? [] : [`${closed} closed episodes of ${reversed} reversed alerts`]),
  ];
}
