import { excerpt, type FieldProblem } from '../problems';
import { inspectAlert, pointerOf, type QuarantineCode } from './alert-inspection';

/** One alert that cannot be processed. `index` is its place in the body's `alerts`. */
export interface QuarantinedAlert {
  index: number;
  code: QuarantineCode;
  pointer: string;
  detail: string;
}

/** The envelope of one Alertmanager notification, and the alerts in it that can be processed. */
export interface WebhookGroup {
  receiver: string | null;
  /** Alertmanager's own group key. Unbounded text that changes when routes are edited: never a key of ours. */
  group_key: string | null;
  external_url: string | null;
  /** How many alerts Alertmanager left out because of its `max_alerts`. */
  truncated_alerts: number;
  /** The alerts that are not quarantined, as received, each with its index in the body. */
  alerts: { index: number; alert: unknown }[];
}

/** What became of a webhook body. Not ok means that the envelope itself is no Alertmanager message. */
export type ParsedWebhook =
  | { ok: true; group: WebhookGroup; accepted: number; quarantined: QuarantinedAlert[] }
  | { ok: false; too_many?: boolean; problems: FieldProblem[] };

/** More alerts than this in one body are refused whole (413), before any of them is looked at. */
const MOST_ALERTS = 10_000;
const PAYLOAD_VERSION = '4';

/**
 * Splits a webhook body (payload version 4) into alerts that can be processed and alerts set aside with a reason.
 * One bad alert never blocks the rest of its group: Alertmanager would send the same group again for ever.
 * Fields we do not know are ignored, because new Alertmanager versions add some.
 */
export function parseWebhook(body: unknown): ParsedWebhook {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused('', 'not_an_object', 'the body must be a JSON object');
  }
  const envelope: Record<string, unknown> = { ...body };
  if (envelope.version !== undefined && envelope.version !== PAYLOAD_VERSION) {
    const seen = typeof envelope.version === 'string' ? ` "${excerpt(envelope.version)}"` : '';
    return refused('/version', 'unsupported_version', `payload version${seen} is not "${PAYLOAD_VERSION}"`);
  }
  const alerts = envelope.alerts;
  if (alerts === undefined) return refused('/alerts', 'required', 'alerts is missing');
  if (!Array.isArray(alerts)) return refused('/alerts', 'not_an_array', 'alerts must be an array');
  if (alerts.length > MOST_ALERTS) {
    const detail = `${alerts.length} alerts, at most ${MOST_ALERTS} are taken at once`;
    return { ok: false, too_many: true, problems: [{ pointer: '/alerts', code: 'too_many_alerts', detail }] };
  }
  const accepted: { index: number; alert: unknown }[] = [];
  const quarantined: QuarantinedAlert[] = [];
  for (let index = 0; index < alerts.length; index++) {
    const alert: unknown = alerts[index];
    const fault = inspectAlert(alert);
    if (fault === null) accepted.push({ index, alert });
    else quarantined.push({ index, code: fault.code, pointer: pointerOf(index, fault), detail: fault.detail });
  }
  const group: WebhookGroup = {
    receiver: textOrNull(envelope.receiver),
    group_key: textOrNull(envelope.groupKey),
    external_url: textOrNull(envelope.externalURL),
    truncated_alerts: countOrZero(envelope.truncatedAlerts),
    alerts: accepted,
  };
  return { ok: true, group, accepted: accepted.length, quarantined };
}

function refused(pointer: string, code: string, detail: string): ParsedWebhook {
  return { ok: false, problems: [{ pointer, code, detail }] };
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value.toWellFormed() : null;
}

function countOrZero(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0;
}
