import type { AlertSnapshot } from '@alertagent/contracts';

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
