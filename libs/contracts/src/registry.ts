import * as actionCatalogue from './action-catalogue';
import * as analyses from './analyses';
import * as automation from './automation';
import * as autonomy from './autonomy';
import * as alertmanagerConfigs from './alertmanager-configs';
import * as alertmanagerLayers from './alertmanager-layers';
import * as alertmanagerSecrets from './alertmanager-secrets';
import * as alertmanagerRequests from './alertmanager-requests';
import * as alerts from './alerts';
import * as clusterHealth from './cluster-health';
import * as clusterSyncs from './cluster-syncs';
import * as clusterTroubles from './cluster-troubles';
import * as clusterTokens from './cluster-tokens';
import * as clusters from './clusters';
import * as budget from './budget';
import * as config from './config';
import * as deadLetters from './dead-letters';
import * as decisionPolicies from './decision-policies';
import * as decisions from './decisions';
import * as escalations from './escalations';
import type { EventContract, RequestContract } from './contract';
import { allServiceOperations } from './kit';
import * as feedback from './feedback';
import * as holds from './holds';
import * as knowledge from './knowledge';
import * as rollbacks from './rollbacks';
import * as rollouts from './rollouts';
import * as ruleApprovals from './rule-approvals';
import * as ruleBatches from './rule-batches';
import * as ruleGroups from './rule-groups';
import * as ruleDisagreements from './rule-disagreements';
import * as ruleHealth from './rule-health';
import * as ruleVersions from './rule-versions';
import * as rulePacks from './rule-packs';
import * as ruleTemplates from './rule-templates';
import * as policies from './policies';
import * as ruleTests from './rule-tests';
import * as backtests from './backtests';
import * as ruleExports from './rule-exports';
import * as ruleImports from './rule-imports';
import * as ruleValidation from './rule-validation';
import * as rules from './rules';
import type { ServiceName } from './services';
import * as signingKeys from './signing-keys';
import * as silences from './silences';
import * as templateInstances from './template-instances';
import * as suppressions from './suppressions';

type AnyEvent = EventContract<never>;
type AnyRequest = RequestContract<never, never>;

const declared: unknown[] = [
  actionCatalogue,
  analyses,
  automation,
  autonomy,
  alertmanagerConfigs,
  alertmanagerLayers,
  alertmanagerSecrets,
  alerts,
  alertmanagerRequests,
  clusters,
  clusterTokens,
  clusterHealth,
  clusterSyncs,
  clusterTroubles,
  config,
  deadLetters,
  decisionPolicies,
  decisions,
  escalations,
  budget,
  feedback,
  holds,
  knowledge,
  rollbacks,
  rollouts,
  ruleApprovals,
  ruleBatches,
  ruleGroups,
  ruleDisagreements,
  ruleHealth,
  ruleVersions,
  ruleExports,
  ruleImports,
  ruleValidation,
  rules,
  signingKeys,
  silences,
  ruleTemplates,
  templateInstances,
  rulePacks,
  backtests,
  policies,
  ruleTests,
  suppressions,
].flatMap((module) => Object.values(module));

const hasKind = (value: unknown, kind: string): boolean =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;

/** Every event anybody may publish. */
export const allEvents: readonly AnyEvent[] = declared.filter((value): value is AnyEvent => hasKind(value, 'event'));

/** Every request anybody may ask, the operations each service answers about itself included. */
export const allRequests: readonly AnyRequest[] = [
  ...declared.filter((value): value is AnyRequest => hasKind(value, 'request')),
  ...(allServiceOperations as unknown as AnyRequest[]),
];

/** The events a service publishes: its stream's subjects. */
export const eventsOf = (owner: ServiceName): AnyEvent[] => allEvents.filter((event) => event.owner === owner);

/** The requests a service must answer. */
export const requestsOf = (owner: ServiceName): AnyRequest[] =>
  allRequests.filter((request) => request.owner === owner);
