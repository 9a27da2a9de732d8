import { ServiceError, type AlertSnapshot } from '@alertagent/contracts';

/** An alert with what analysis, escalation and actions need to know about it. */
export interface FoundAlert {
  alert: AlertSnapshot;
  incident_id: string | null;
  cluster_id: string;
  cluster_name: string;
}

/** Finds stored alerts for the routes that act on one. */
export abstract class AlertLookup {
  /** Null when there is no such alert. `id` may also be an incident's: then the alert that opened it. */
  abstract findAlert(id: string): Promise<FoundAlert | null>;
}

/** The alert that a body names in `alert_id`. Errors: ServiceError `not_found`, which points to that field. */
export async function alertNamed(alerts: AlertLookup, alert_id: string): Promise<FoundAlert> {
  const found = await alerts.findAlert(alert_id);
  if (found) return found;
  throw new ServiceError('not_found', 'there is no such alert', {
    errors: [{ pointer: '/alert_id', code: 'unknown', detail: 'no alert has this id' }],
  });
}
