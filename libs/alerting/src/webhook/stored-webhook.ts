import { hasCleanTexts } from './alert-inspection';
import type { FieldMapping } from './formats/field-mapping';
import { isGrafanaMessage, readGrafanaMessage } from './formats/grafana-message';
import { readMappedMessage } from './formats/mapped-message';
import { readPrometheusAlerts } from './formats/prometheus-alerts';
import { refused, type ListReading, type ParsedWebhook } from './parsed-webhook';
import { isObject, parseWebhook } from './webhook-payload';

/** The forms in which alerts come in. vmalert writes Prometheus'. */
export const WEBHOOK_FORMATS = ['alertmanager', 'grafana', 'prometheus', 'mapped'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** The tag of messages that reconciliation makes, in Alertmanager's form. */
export const RECONCILIATION_FORMAT = 'reconciliation';

/** The tag of messages about itself that AlertAgent makes, in Alertmanager's form: no Alertmanager knows of their alerts. */
export const OWN_FORMAT = 'own';

/** Severities that an address can supply for alerts without one. */
export const DEFAULT_SEVERITIES = ['critical', 'warning'] as const;
export type DefaultSeverity = (typeof DEFAULT_SEVERITIES)[number];

/** What is kept beside a stored body so that it can be read again at any time: `grafana`, `alertmanager/critical`. */
export type FormatTag = WebhookFormat | `${WebhookFormat}/${DefaultSeverity}`;

/** What reading a body depends on besides its text. */
export interface ReadingContext {
  /** When it was received, epoch milliseconds. */
  received_at: number;
  /** For `mapped`: the mapping of that time. */
  mapping?: FieldMapping | null;
}

/** The tag of a format, with the severity that its address supplies. */
export function formatTag(format: WebhookFormat, severity: DefaultSeverity | null): FormatTag {
  return severity === null ? format : `${format}/${severity}`;
}

/** Which of the two forms a message has that was sent to the webhook: Grafana says who it is. */
export function detectFormat(body: unknown): 'alertmanager' | 'grafana' {
  return isGrafanaMessage(body) ? 'grafana' : 'alertmanager';
}

/**
 * Reads a body as it was stored, by the tag stored with it (null is Alertmanager's format). The same body, tag and context always
 * give the same alerts. Throws a SyntaxError for text that is not JSON: what the intake stored is.
 */
export function readStoredWebhook(tag: string | null, body: string, context: ReadingContext): ParsedWebhook {
  return readParsedWebhook(tag, JSON.parse(body) as unknown, body, context);
}

/** The same for a body that has been parsed already; `text` is what it was parsed from. */
export function readParsedWebhook(
  tag: string | null,
  body: unknown,
  text: string,
  { received_at, mapping }: ReadingContext,
): ParsedWebhook {
  const [format, severity] = (tag ?? 'alertmanager').split('/', 2);
  const texts = hasCleanTexts(text) ? 'clean' : 'unchecked';
  const parsed = parseAs(format, body, { texts, received_at, mapping });
  return severity === undefined ? parsed : withSeverity(parsed, severity);
}

function parseAs(
  format: string | undefined,
  body: unknown,
  { texts, received_at, mapping }: ReadingContext & Pick<ListReading, 'texts'>,
): ParsedWebhook {
  if (format === 'alertmanager' || format === RECONCILIATION_FORMAT || format === OWN_FORMAT)
    return parseWebhook(body, texts);
  if (format === 'grafana') return readGrafanaMessage(body, texts);
  if (format === 'prometheus') return readPrometheusAlerts(body, received_at, texts);
  if (format !== 'mapped') return refused('', 'unknown_format', 'the format of this body is not known');
  return mapping ? readMappedMessage(body, mapping, received_at) : refused('', 'no_mapping', 'its mapping is gone');
}

/** Gives alerts without a severity the one of the address they were sent to. */
function withSeverity(parsed: ParsedWebhook, severity: string): ParsedWebhook {
  if (!parsed.ok) return parsed;
  for (const entry of parsed.group.alerts) {
    const { alert } = entry;
    if (!isObject(alert) || !isObject(alert['labels']) || alert['labels']['severity']) continue;
    // Spreading keeps the mark of an assumed start, which is a symbol.
    entry.alert = { ...alert, labels: { ...alert['labels'], severity } };
  }
  return parsed;
}
