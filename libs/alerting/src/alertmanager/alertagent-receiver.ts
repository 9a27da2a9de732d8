import type { ConfigurationDocument } from './configuration-document';
import type { DocumentValue } from './secrets';

/** How Alertmanager reaches AlertAgent. */
export interface AlertAgentAddress {
  /** Where Alertmanager posts to; it must answer there itself: a redirect would lose the body. */
  webhook_url: string;
  /** File with the webhook token, relative to the configuration file or absolute. */
  credentials_file: string;
}

/** Name of AlertAgent's receiver, which no other may have. */
const ALERTAGENT_RECEIVER = 'alertagent';

/**
 * Makes sure that AlertAgent hears every alert, and that nothing else changes: the root of the routes becomes AlertAgent's, and the
 * old root, with everything below it, a route that takes what it took before.
 */
export function withAlertAgent(document: ConfigurationDocument, address: AlertAgentAddress): ConfigurationDocument {
  const receivers = listOf(document['receivers']).filter((item) => nameOf(item) !== ALERTAGENT_RECEIVER);
  return {
    ...document,
    route: {
      receiver: ALERTAGENT_RECEIVER,
      routes: [
        {
          receiver: ALERTAGENT_RECEIVER,
          continue: true,
          group_by: ['alertname'],
          group_wait: '10s',
          group_interval: '30s',
          repeat_interval: '4h',
        },
        ...othersOf(document['route']),
      ],
    },
    receivers: [
      ...receivers,
      {
        name: ALERTAGENT_RECEIVER,
        webhook_configs: [
          {
            url: address.webhook_url,
            send_resolved: true,
            max_alerts: 0,
            http_config: {
              authorization: { type: 'Bearer', credentials_file: address.credentials_file },
              follow_redirects: false,
            },
          },
        ],
      },
    ],
  };
}

/** The old root; nothing when it leads to AlertAgent alone. */
function othersOf(route: DocumentValue | undefined): DocumentValue[] {
  if (typeof route !== 'object' || route === null || Array.isArray(route)) return [];
  const isOurs = route['receiver'] === ALERTAGENT_RECEIVER && listOf(route['routes']).length === 0;
  return isOurs ? [] : [route];
}

const listOf = (value: DocumentValue | undefined): DocumentValue[] => (Array.isArray(value) ? value : []);

function nameOf(item: DocumentValue): DocumentValue {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? (item['name'] ?? null) : null;
}
