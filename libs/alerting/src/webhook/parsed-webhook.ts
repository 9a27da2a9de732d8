import { pointerTo, type FieldProblem } from '../problems';
import { inspectAlert, type AlertFault, type QuarantineCode } from './alert-inspection';

/** One alert that cannot be processed. `index` is its place in the body's list of alerts. */
export interface QuarantinedAlert {
  index: number;
  code: QuarantineCode;
  pointer: string;
  detail: string;
}

/** The envelope of one notification, and the alerts in it that can be processed. */
export interface WebhookGroup {
  receiver: string | null;
  /** Alertmanager's own group key. Unbounded text that changes when routes are edited: never a key of ours. */
  group_key: string | null;
  external_url: string | null;
  /** How many alerts Alertmanager left out because of its `max_alerts`. */
  truncated_alerts: number;
  /** Why Alertmanager sent it, from 0.32 on: "first notification", "repeat interval elapsed" and the like. */
  notification_reason: string | null;
  /** The labels of the route it took, from Alertmanager 0.34 on. */
  route_labels: Record<string, unknown> | null;
  /** The alerts that are not quarantined, in Alertmanager's form, each with its index in the body. */
  alerts: { index: number; alert: unknown }[];
}

/** What became of a webhook body. Not ok means that the envelope itself is no message of its format. */
export type ParsedWebhook =
  | { ok: true; group: WebhookGroup; accepted: number; quarantined: QuarantinedAlert[] }
  | { ok: false; too_many?: boolean; problems: FieldProblem[] };

/** More alerts than this in one body are refused whole (413), before any of them is looked at. */
export const MOST_ALERTS = 10_000;

/** The group of a format that has no envelope. */
export function bareGroup(): WebhookGroup {
  return {
    receiver: null,
    group_key: null,
    external_url: null,
    truncated_alerts: 0,
    notification_reason: null,
    route_labels: null,
    alerts: [],
  };
}

/**
 * What a format makes of one item of its list: an alert in Alertmanager's form, or what is wrong with it. The path of a fault begins
 * at the item, or `fromRoot` at the whole body.
 */
export type Reading = { alert: unknown } | { fault: AlertFault; fromRoot?: boolean };

/** How a list of alerts is read. */
export interface ListReading {
  /** Leads to the list within the body. */
  at: readonly string[];
  /** The body is not a list but its only item. */
  isSingle?: boolean;
  /** Without it an item is the alert. */
  read?: (item: unknown) => Reading;
  /** See {@link inspectAlert}. */
  texts?: 'unchecked' | 'clean';
}

/**
 * Sorts a body's items into those that can be processed and those set aside. One bad alert never blocks the rest of its group: the
 * sender would send the same group again for ever.
 */
export function sortAlerts(
  items: readonly unknown[],
  group: WebhookGroup,
  { at, isSingle = false, read, texts }: ListReading,
): ParsedWebhook {
  if (items.length > MOST_ALERTS) return tooMany(items.length, at);
  const quarantined: QuarantinedAlert[] = [];
  for (let index = 0; index < items.length; index++) {
    const reading = read?.(items[index]);
    const alert = reading === undefined ? items[index] : 'alert' in reading ? reading.alert : null;
    const fault = reading !== undefined && 'fault' in reading ? reading.fault : inspectAlert(alert, texts);
    if (fault === null) {
      group.alerts.push({ index, alert });
      continue;
    }
    const { code, path, detail } = fault;
    const isRootPath = isSingle || (reading !== undefined && 'fault' in reading && reading.fromRoot === true);
    quarantined.push({
      index,
      code,
      pointer: isRootPath ? pointerTo(...path) : pointerTo(...at, index, ...path),
      detail,
    });
  }
  return { ok: true, group, accepted: group.alerts.length, quarantined };
}

/** A body that is refused whole. */
export function refused(pointer: string, code: string, detail: string): Extract<ParsedWebhook, { ok: false }> {
  return { ok: false, problems: [{ pointer, code, detail }] };
}

/** A body with more alerts than are taken at once. */
export function tooMany(count: number, at: readonly string[]): Extract<ParsedWebhook, { ok: false }> {
  const detail = `${count} alerts, at most ${MOST_ALERTS} are taken at once; send them in several messages`;
  return { ok: false, too_many: true, problems: [{ pointer: pointerTo(...at), code: 'too_many_alerts', detail }] };
}
