import * as analyses from './analyses';
import * as alertmanagerConfigs from './alertmanager-configs';
import * as alerts from './alerts';
import * as clusterTokens from './cluster-tokens';
import * as clusterTroubles from './cluster-troubles';
import * as clusters from './clusters';
import * as config from './config';
import type { EventContract, RequestContract } from './contract';
import * as decisions from './decisions';
import { ServiceError } from './errors';
import * as escalations from './escalations';
import { allServiceOperations } from './kit';
import { eventsOf, requestsOf } from './registry';
import * as ruleHealth from './rule-health';
import * as policies from './policies';
import * as rules from './rules';
import { SERVICE_NAMES, type ServiceName } from './services';
import * as silences from './silences';
import { streamName } from './streams';
import * as suppressions from './suppressions';

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
      clusterTokens.clusterTokenIssued,
      clusterTokens.clusterTokenRevoked,
      clusterTroubles.clusterTroubleChanged,
      rules.rulePublished,
      rules.ruleWithdrawn,
      analyses.analysisCompleted,
      decisions.decisionMade,
      escalations.escalationRaised,
    ),
  },
  rules: {
    asks: asks(
      clusters.resolveTargets,
      clusters.listClusters,
      clusters.getCluster,
      ruleHealth.getRuleFacts,
      policies.getPolicyInForce,
    ),
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
    hears: hears(config.memberReported, config.revisionApplied, config.revisionRejected, alerts.canaryHeard),
  },
  config: {
    asks: asks(
      rules.getClusterRules,
      clusters.getCluster,
      clusters.getDesiredAlertmanagerConfig,
      clusterTokens.findClusterToken,
      clusterTokens.issueClusterToken,
      clusters.listClusters,
      clusters.resolveTargets,
    ),
    hears: hears(
      rules.clusterRulesChanged,
      rules.rulePublished,
      rules.ruleWithdrawn,
      clusters.clusterRegistered,
      clusters.clusterChanged,
      clusters.clusterRetired,
      clusterTokens.clusterTokenIssued,
      clusterTokens.clusterTokenRevoked,
      alertmanagerConfigs.alertmanagerConfigChanged,
    ),
  },
  ai: {
    asks: asks(
      rules.getRule,
      rules.listRuleVersions,
      clusters.getCluster,
      silences.createSilence,
      silences.expireSilence,
      suppressions.suppressAlerts,
      suppressions.endSuppression,
    ),
    hears: hears(alerts.incidentOpened, alerts.incidentResolved),
  },
};

/** Services that also follow their own stream, from any point of it, as the gateway does for those who watch it live. */
const followers: ReadonlySet<ServiceName> = new Set(['gateway']);

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

/** What it takes to make one durable consumer and to read with it. */
const durableSubjects = (stream: string, durable: string): string[] => {
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

const consumerSubjects = (service: ServiceName, event: EventContract<never>): string[] =>
  durableSubjects(streamName(event.owner), durableName(service, event));

/**
 * What it takes to follow a stream without acknowledging: consumers without a name that push into the follower's own inbox, and
 * the flow control of these. Nobody's durable consumer can be read, changed or deleted by it.
 */
const followSubjects = (stream: string): string[] => [`$JS.API.CONSUMER.CREATE.${stream}`, `$JS.FC.${stream}.>`];

/**
 * The allow-list of an integration's NATS user: it may read the facts of one service with one durable consumer of its own, and
 * nothing else. The consumer carries the user's name. Error: a name that is no NATS token, or one that could be a service's consumer.
 */
export function integrationPermissions(name: string, owner: ServiceName = 'gateway'): NatsPermissions {
  const isTaken = SERVICE_NAMES.some((service) => name === service || name.startsWith(`${service}-`));
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name) || isTaken) {
    throw new ServiceError(
      'invalid',
      'an integration is named with letters, digits, - and _, and not like a service; choose another name',
    );
  }
  return { publish: durableSubjects(streamName(owner), name), subscribe: [`_INBOX_${name}.>`] };
}

/** The allow-list of one service's NATS user. Replies to requests are covered by the server's `allow_responses`. */
export function natsPermissions(service: ServiceName): NatsPermissions {
  const own = streamName(service);
  const publish = [
    '$JS.API.INFO',
    ...['INFO', 'CREATE', 'UPDATE'].map((verb) => `$JS.API.STREAM.${verb}.${own}`),
    ...eventsOf(service).map((event) => `${event.subject}.*`),
    ...access[service].asks.map((request) => request.subject),
    ...access[service].hears.flatMap((event) => consumerSubjects(service, event)),
    ...(followers.has(service) ? followSubjects(own) : []),
  ];
  const subscribe = [`${inboxPrefix(service)}.>`, ...requestsOf(service).map((request) => request.subject)];
  return { publish: [...new Set(publish)], subscribe: [...new Set(subscribe)] };
}
