import type { DefaultSeverity, FieldMapping, WebhookFormat } from '@alertagent/alerting';

/** A configured source, as its address names it. */
export interface OriginSource {
  id: string;
  version: number;
  mapping: FieldMapping | null;
}

/** What the address a webhook came to says about it. */
export interface WebhookOrigin {
  /** Null where Alertmanager and Grafana both deliver: the body says which of them it is. */
  format: WebhookFormat | null;
  /** For alerts without a severity. */
  severity: DefaultSeverity | null;
  source: OriginSource | null;
}

/** The address for Alertmanagers and Grafana. */
export const WEBHOOK_ORIGIN: WebhookOrigin = { format: null, severity: null, source: null };
