import type { FieldMapping } from '@alertagent/alerting';

/** An inbox row in the hands of the pipeline. */
export interface ClaimedWebhook {
  id: string;
  cluster_id: string;
  received_at: number;
  alert_count: number;
  attempts: number;
  body: string;
  /** Null is Alertmanager's own format. With `received_at` and `mapping` all that reading the body depends on. */
  format: string | null;
  source_id: string | null;
  source_version: number | null;
  /** The mapping of the source's version then; null for formats that need none. */
  mapping: FieldMapping | null;
}
