import type { EntityManager } from 'typeorm';
import { selectIn } from '../pipeline/bulk-write';

/** An alert whose end may have got lost. */
interface Candidate {
  id: string;
  last_seen_at: number | null;
}

interface Teller {
  alert_id: string;
  /** Webhooks of another sender than Alertmanager that told of it. */
  others: unknown;
}

/**
 * Leaves those that only Alertmanager told of. A cluster may have other senders (Grafana, a Prometheus without Alertmanager, a mapped source):
 * what they report is in no Alertmanager, and must not count as ended because of that. What is told by nothing that is still kept is
 * left alone too, unless it was once in a set.
 */
export async function onlyToldByAlertmanager<C extends Candidate>(
  tx: EntityManager,
  candidates: readonly C[],
): Promise<C[]> {
  const tellers = await selectIn<Teller>(
    tx,
    candidates.map(({ id }) => id),
    (list) =>
      "SELECT r.alert_id, SUM(CASE WHEN i.format IS NULL OR i.format = 'reconciliation' OR i.format LIKE 'alertmanager%' THEN 0 ELSE 1 END) AS others " +
      `FROM alert_processing_records r JOIN alert_inbox i ON i.id = r.inbox_id WHERE r.alert_id IN (${list}) GROUP BY r.alert_id`,
  );
  const othersOf = new Map(tellers.map(({ alert_id, others }) => [alert_id, Number(others)]));
  return candidates.filter(({ id, last_seen_at }) => {
    const others = othersOf.get(id);
    return others === undefined ? last_seen_at !== null : others === 0;
  });
}
