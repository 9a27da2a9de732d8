import { Random } from './random';
import type { WebhookRange } from './ledger';

/** The label by which an alert of the ledger is found again in the database. */
export const LEDGER_LABEL = 'ledger_id';

const NAMES = ['HighErrorRate', 'PodCrashLooping', 'HighMemoryUsage', 'SlowRequests', 'DiskAlmostFull', 'TargetDown'];
const SEVERITIES = ['critical', 'warning', 'info'];
const HOUR_MS = 3_600_000;

/** How alerts of one sender look. */
export interface AlertStyle {
  /** Starts the ledger ids: two senders of one stand must not share it. */
  prefix: string;
  /** Epoch ms near which all its alerts start. */
  startsAt: number;
  /** How many different services: with the alert names they are the groups that converge. */
  services: number;
  /** Characters of text that are added to each alert. */
  padding: number;
}

/** Digits of the number in each ledger id: as many in all, so that a body can be renumbered in place. */
export const LEDGER_DIGITS = 9;

/** The ledger id of an alert. */
export const ledgerId = (prefix: string, number: number): string =>
  `${prefix}-${String(number).padStart(LEDGER_DIGITS, '0')}`;

/** One alert as Alertmanager sends it; the same number is the same alert, whenever it is asked for. */
export function alertOf(style: AlertStyle, number: number, status: WebhookRange['status']): object {
  const id = ledgerId(style.prefix, number);
  const random = new Random(id);
  const startsAt = style.startsAt + (number % 60_000);
  const service = `service-${random.between(1, style.services)}`;
  return {
    status,
    labels: {
      alertname: random.pick(NAMES),
      service,
      severity: random.pick(SEVERITIES),
      instance: `10.0.${random.between(0, 255)}.${random.between(0, 255)}:9100`,
      [LEDGER_LABEL]: id,
    },
    annotations: {
      summary: `${service} is not well`,
      ...(style.padding > 0 ? { description: 'x'.repeat(style.padding) } : {}),
    },
    startsAt: new Date(startsAt).toISOString(),
    endsAt: status === 'resolved' ? new Date(startsAt + HOUR_MS).toISOString() : '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus.example.org:9090/graph?g0.expr=up',
    fingerprint: number.toString(16).padStart(16, '0'),
  };
}

/** The body of the webhook that delivers these alerts. */
export function webhookText(style: AlertStyle, { from, count, status }: WebhookRange): string {
  const alerts = Array.from({ length: count }, (_, index) => alertOf(style, from + index, status));
  return JSON.stringify({
    version: '4',
    groupKey: `{}:{group="${ledgerId(style.prefix, from)}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'alertagent',
    groupLabels: {},
    commonLabels: {},
    commonAnnotations: {},
    externalURL: 'http://alertmanager.example.org:9093',
    alerts,
  });
}
