import { CANARY_ALERT } from '../canary';
import type { YamlValue } from '../rendered-file';
import type { AlertmanagerConfigInput } from './alertmanager-config';
import type { ConfigurationDocument } from './configuration-document';
import type { DocumentValue } from './secrets';

/** Name of AlertAgent's receiver, which no other may have. */
export const ALERTAGENT_RECEIVER = 'alertagent';

/** Each Prometheus's canary by itself, and to AlertAgent alone. */
export const CANARY_ROUTE = {
  receiver: ALERTAGENT_RECEIVER,
  matchers: [`alertname="${CANARY_ALERT}"`, 'source="alertagent"'],
  group_by: ['...'],
  group_wait: '1s',
  group_interval: '30s',
  repeat_interval: '1m',
};

/** How often AlertAgent is told, with defaults filled in. */
export function alertAgentGrouping({
  group_by = ['alertname'],
  group_wait = '10s',
  group_interval = '30s',
  repeat_interval = '4h',
}: AlertmanagerConfigInput): Required<Pick<AlertmanagerConfigInput, GroupingField>> {
  return { group_by, group_wait, group_interval, repeat_interval };
}

type GroupingField = 'group_by' | 'group_wait' | 'group_interval' | 'repeat_interval';

/** The receiver: everything, resolved alerts too, with the token from a file; a redirect would lose the body. */
export function alertAgentReceiver({ webhook_url, credentials_file }: AlertmanagerConfigInput): {
  [key: string]: YamlValue;
} {
  return {
    name: ALERTAGENT_RECEIVER,
    webhook_configs: [
      {
        url: webhook_url,
        send_resolved: true,
        max_alerts: 0,
        http_config: { authorization: { type: 'Bearer', credentials_file }, follow_redirects: false },
      },
    ],
  };
}

/** What lies below all layers: everything goes to AlertAgent. */
export function alertAgentLayer(input: AlertmanagerConfigInput): ConfigurationDocument {
  return { route: { receiver: ALERTAGENT_RECEIVER }, receivers: [alertAgentReceiver(input)] };
}

/**
 * Makes sure that AlertAgent hears every alert, and that nothing else changes: the root of the routes becomes AlertAgent's, and the
 * old root, with everything below it, a route that takes what it took before.
 */
export function withAlertAgent(document: ConfigurationDocument, input: AlertmanagerConfigInput): ConfigurationDocument {
  const others = listOf(document['receivers']).filter((item) => !isAlertAgents(item));
  const root = mappingOf(document['route']);
  const first: DocumentValue[] = [
    ...(input.canary ? [CANARY_ROUTE] : []),
    { receiver: ALERTAGENT_RECEIVER, continue: true, ...alertAgentGrouping(input) },
  ];
  // A root that is AlertAgent's already must not tell it twice.
  const route: DocumentValue =
    root['receiver'] === ALERTAGENT_RECEIVER
      ? { ...root, routes: [...first, ...listOf(root['routes'])] }
      : { receiver: ALERTAGENT_RECEIVER, routes: [...first, root] };
  return { ...document, route, receivers: [...others, alertAgentReceiver(input)] };
}

/** Whether a receiver of a document has AlertAgent's name. */
export function isAlertAgents(item: DocumentValue): boolean {
  return mappingOf(item)['name'] === ALERTAGENT_RECEIVER;
}

const listOf = (value: DocumentValue | undefined): DocumentValue[] => (Array.isArray(value) ? value : []);

const mappingOf = (value: DocumentValue | undefined): { [key: string]: DocumentValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
