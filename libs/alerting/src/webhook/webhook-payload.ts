import { excerpt } from '../problems';
import {
  bareGroup,
  refused,
  sortAlerts,
  type ListReading,
  type ParsedWebhook,
  type WebhookGroup,
} from './parsed-webhook';

const PAYLOAD_VERSION = '4';

/**
 * Reads a webhook body of Alertmanager (payload version 4). Fields we do not know are ignored, because new versions add some.
 * `texts` is `clean` when no string of the body can hold a control character or half a surrogate pair.
 */
export function parseWebhook(body: unknown, texts: ListReading['texts'] = 'unchecked'): ParsedWebhook {
  if (!isObject(body)) return refused('', 'not_an_object', 'the body must be a JSON object');
  const { version } = body;
  if (version !== undefined && version !== PAYLOAD_VERSION) {
    const seen = typeof version === 'string' ? ` "${excerpt(version)}"` : '';
    return refused('/version', 'unsupported_version', `payload version${seen} is not "${PAYLOAD_VERSION}"`);
  }
  return readGroup(body, { at: ['alerts'], texts });
}

/** Reads the envelope that Alertmanager and Grafana share, and sorts its alerts. */
export function readGroup(envelope: Record<string, unknown>, reading: ListReading): ParsedWebhook {
  const { alerts } = envelope;
  if (alerts === undefined) return refused('/alerts', 'required', 'alerts is missing');
  if (!Array.isArray(alerts)) return refused('/alerts', 'not_an_array', 'alerts must be an array');
  const group: WebhookGroup = bareGroup();
  group.receiver = textOrNull(envelope.receiver);
  group.group_key = textOrNull(envelope.groupKey);
  group.external_url = textOrNull(envelope.externalURL);
  group.truncated_alerts = countOrZero(envelope.truncatedAlerts);
  group.notification_reason = textOrNull(envelope.notification_reason);
  group.route_labels = isObject(envelope.routeLabels) ? envelope.routeLabels : null;
  return sortAlerts(alerts, group, reading);
}

/** Whether a parsed JSON value is an object, neither array nor null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value.toWellFormed() : null;
}

function countOrZero(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
