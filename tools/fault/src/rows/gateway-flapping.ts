import { deliverEvents, EpisodeEvent } from '../episode-events';
import { checkInvariants } from '../invariants';
import type { FaultRow, RowContext, RowResult } from '../row';
import { countOf } from '../stored-alerts';

const ALERTS = 5;
const PAIRS = 200;
/** Notices about one alert that people can be expected to read; 200 would be one per flap. */
const MOST_NOTICES_PER_ALERT = 25;

/** Alerts come and go 200 times. */
export const gatewayFlapping: FaultRow = {
  id: 'F13',
  title: 'gateway: 200 firing/resolved pairs per alert',
  bar: `every flap on record, nothing fires in the end, at most ${MOST_NOTICES_PER_ALERT} incidents opened per alert`,
  run,
};

async function run({ stand: start, log }: RowContext): Promise<RowResult> {
  const stand = await start();
  // Two minutes a flap: the last one has just ended.
  const began = Date.now() - (2 * PAIRS + 5) * 60_000;
  const problems: string[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    for (const status of ['firing', 'resolved'] as const) {
      const moment = { startMinute: 2 * pair, endMinute: 2 * pair + 1, status };
      const events = Array.from({ length: ALERTS }, (_, alert) => new EpisodeEvent(`flapping-${alert}`, moment, began));
      problems.push(...(await deliverEvents(stand, events)));
    }
  }
  log(`${ALERTS} alerts with ${PAIRS} pairs each`);
  const { figures, problems: broken } = await checkInvariants(stand);
  const { database } = stand;
  const news = await countOf(
    database,
    "SELECT COUNT(*) FROM alert_processing_records WHERE disposition NOT IN ('duplicate', 'stale', 'quarantined')",
  );
  const episodes = await countOf(database, 'SELECT COUNT(DISTINCT label_hash, starts_at_ms) FROM alerts');
  const firing = await countOf(database, "SELECT COUNT(*) FROM alerts WHERE status = 'firing'");
  const incidents = await countOf(database, 'SELECT COUNT(*) FROM incidents');
  const opened = await countOf(
    database,
    "SELECT COUNT(*) FROM gateway_outbox WHERE subject LIKE 'alertagent.%.incident-opened.%'",
  );
  if (news !== 2 * PAIRS * ALERTS) problems.push(`${news} of ${2 * PAIRS * ALERTS} events are on record as news`);
  if (firing > 0) problems.push(`I14: ${firing} episodes fire although all have ended`);
  if (opened !== incidents) problems.push(`${incidents} incidents, but ${opened} were announced`);
  if (incidents > MOST_NOTICES_PER_ALERT * ALERTS)
    problems.push(
      `${incidents} incidents opened for ${ALERTS} flapping alerts, not <= ${MOST_NOTICES_PER_ALERT * ALERTS}`,
    );
  return {
    figures: { ...figures, alerts: ALERTS, flaps: PAIRS, news, episodes, incidents },
    problems: [...problems, ...broken],
  };
}
