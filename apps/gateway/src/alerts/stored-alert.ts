import type { ClockSkew } from '@alertagent/alerting';
import type { AlertState } from '@alertagent/contracts';

/** One episode as it is stored: an alert from the moment it fires to its resolution. Times in epoch milliseconds. */
export interface StoredAlert {
  id: string;
  cluster_id: string;
  /** The incident it belongs to; null while suppressed, and for alerts first heard of when they were over. */
  incident_id: string | null;
  severity: string | null;
  status: AlertState;
  /** As received, nanoseconds included. */
  starts_at: string;
  ends_at_ms: number | null;
  /** When the webhook that first told of it arrived. */
  received_at: number;
  suppressed_by: string | null;
  fingerprint: string | null;
  /** A label or annotation was too long and has been cut. */
  truncated: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  generator_url: string | null;
  /** It changes its state so often that single changes say little. */
  flapping: boolean;
  /** When the alert, whenever it fires, last changed its state: oldest first, the last 32. */
  changes: number[] | null;
  /** What is wrong with its times; null when nothing is. */
  clock_skew: ClockSkew | null;
}
