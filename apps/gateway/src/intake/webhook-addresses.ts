import { DEFAULT_SEVERITIES } from '@alertagent/alerting';
import { WEBHOOK_ORIGIN, type WebhookOrigin } from './webhook-origin';

/** Where Alertmanagers and Grafana deliver. */
const WEBHOOK_PATH = '/api/v1/alerts/webhook';
/** Where Prometheus and vmalert deliver, with AlertAgent in the place of an Alertmanager. */
const ALERTMANAGER_PATH = '/api/v2/alerts';
/** Where sources with a form of their own deliver. */
export const SOURCE_PATH = '/api/v1/alerts/sources/:id';

/** What an address is for. */
export interface WebhookAddress {
  path: string;
  /** The status of success: 202, but 200 where the sender takes nothing else. */
  status: 200 | 202;
  origin: WebhookOrigin;
}

/** The addresses whose path says all about the form of what comes there. */
export const WEBHOOK_ADDRESSES: readonly WebhookAddress[] = [
  { path: WEBHOOK_PATH, status: 202, origin: WEBHOOK_ORIGIN },
  ...DEFAULT_SEVERITIES.map((severity): WebhookAddress => {
    return { path: `${WEBHOOK_PATH}/${severity}`, status: 202, origin: { ...WEBHOOK_ORIGIN, severity } };
  }),
  // vmalert takes any other success for a failure, as Alertmanager itself only ever answers 200.
  { path: ALERTMANAGER_PATH, status: 200, origin: { format: 'prometheus', severity: null, source: null } },
];
