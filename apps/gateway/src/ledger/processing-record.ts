import type { StageNote } from '@alertagent/alerting';
import type { AlertState, Disposition } from '@alertagent/contracts';

/** How one accepted alert event ended. */
export interface ProcessingRecord {
  inbox_id: string;
  /** Place of the alert in the webhook body. */
  alert_index: number;
  cluster_id: string;
  disposition: Disposition;
  event_status: AlertState | null;
  /** The episode it told about; null when quarantined or about an episode that was never stored. */
  alert_id: string | null;
  incident_id: string | null;
  /** Epoch milliseconds, as `processed_at`. */
  received_at: number;
  processed_at: number;
  /** The reason of the disposition, for people. */
  why: string;
  /** Every stage it went through, in order. */
  stages: StageNote[];
  /** The policy it was decided with; 0 for records from before there were versions. */
  policy_version: number;
  /** The situation it was decided in, for replays; null for alerts that were set aside. */
  facts: string | null;
}
