import * as ai from './ai';
import * as alerts from './alerts';
import * as clusters from './clusters';
import * as config from './config';
import type { EventContract, RequestContract } from './contract';
import { allServiceOperations } from './kit';
import { eventsOf, requestsOf } from './registry';
import * as rules from './rules';
import type { ServiceName } from './services';
import { streamName } from './streams';

/** What one service may ask of others and which facts it listens to. */
export interface ServiceAccess {
  readonly asks: readonly RequestContract<never, never>[];
  readonly hears: readonly EventContract<never>[];
}

const asks = (...list: unknown[]): RequestContract<never, never>[] => list as RequestContract<never, never>[];
const hears = (...list: unknown[]): EventContract<never>[] => list as EventContract<never>[];

/**
 * The whole traffic between services, in one place. The bus refuses a request that is not listed here,
 * a service refuses to start unless it handles exactly the events listed here, and the NATS permissions
 * are generated from it.
 */
export const access: Readonly<Record<ServiceName, ServiceAccess>> = {
  gateway: {
    asks: asks(
      ...requestsOf('rules').filter((request) => request.subject !== rules.getClusterRules.subject),
      ...requestsOf('clusters').filter((request) => request.subject !== clusters.getDesiredAlertmanagerConfig.subject),
      ...requestsOf('config'),
      ...requestsOf('ai'),
      ...allServiceOperations.filter((operation) => operation.owner === 'gateway'),
    ),
    hears: hears(
      clusters.clusterRegistered,
      clusters.clusterChanged,
      clusters.clusterRetired,
      clusters.clusterTokenIssued,
      clusters.clusterTokenRevoked,
      ai.analysisCompleted,
      ai.decisionMade,
      ai.escalationRaised,
    ),
  },
  rules: {
    asks: asks(clusters.resolveTargets),
    hears: hears(
      clusters.clusterRegistered,
      clusters.clusterChanged,
      clusters.clusterRetired,
      config.revisionPublished,
      config.revisionRefused,
      config.revisionApplied,
      config.revisionRejected,
      config.memberReported,
    ),
  },
  clusters: {
    asks: asks(),
    hears: hears(config.memberReported, config.revisionApplied, config.revisionRejected),
  },
  config: {
    asks: asks(
      rules.getClusterRules,
      clusters.getDesiredAlertmanagerConfig,
      clusters.findClusterToken,
      clusters.issueClusterToken,
    ),
    hears: hears(
      rules.rulePublished,
      rules.ruleWithdrawn,
      clusters.clusterRegistered,
      clusters.clusterChanged,
      clusters.clusterRetired,
      clusters.clusterTokenIssued,
      clusters.clusterTokenRevoked,
    ),
  },
  ai: {
    asks: asks(rules.getRule),
    hears: hears(alerts.incidentOpened, alerts.incidentResolved),
  },
};

/** The durable consumer a service reads an event with, e.g. `config-rules-rule-published`. */
export function durableName(service: ServiceName, event: Pick<EventContract<never>, 'subject'>): string {
  const [, domain, , verb] = event.subject.split('.');
  return `${service}-${domain}-${verb}`;
}

/** The prefix of a service's private reply subjects; nobody else may subscribe to them. */
export const inboxPrefix = (service: ServiceName): string => `_INBOX_${service}`;

/** Subjects a NATS user may publish and subscribe to; everything else is refused by the server. */
export interface NatsPermissions {
  publish: string[];
  subscribe: string[];
}

const consumerSubjects = (service: ServiceName, event: EventContract<never>): string[] => {
  const stream = streamName(event.owner);
  const durable = durableName(service, event);
  return [
    `$JS.API.STREAM.INFO.${stream}`,
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}.>`,
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`,
  ];
};

/** The allow-list of one service's NATS user. Replies to requests are covered by the server's `allow_responses`. */
export function natsPermissions(service: ServiceName): NatsPermissions {
  const own = streamName(service);
  const publish = [
    '$JS.API.INFO',
    ...['INFO', 'CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${own}`),
    ...eventsOf(service).map((event) => `${event.subject}.*`),
    ...access[service].asks.map((request) => request.subject),
    ...access[service].hears.flatMap((event) => consumerSubjects(service, event)),
  ];
  const subscribe = [`${inboxPrefix(service)}.>`, ...requestsOf(service).map((request) => request.subject)];
  return { publish: [...new Set(publish)], subscribe: [...new Set(subscribe)] };
}
