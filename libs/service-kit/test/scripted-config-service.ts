import {
  alertmanagerConfigChanged,
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  clusterRulesChanged,
  listRevisions,
  requestsOf,
  rulePublished,
  ruleWithdrawn,
  ServiceError,
  serviceOperations,
  type AlertmanagerConfigChanged,
  type ClusterChanged,
  type ClusterRetired,
  type ClusterRulesChanged,
  type ListRevisions,
  type RevisionPage,
  type RulePublished,
  type RuleWithdrawn,
} from '@alertagent/contracts';
import { Controller, Module, type Type } from '@nestjs/common';
import { OnEvent, OnRequest, type Delivery, type ServiceDefinition } from '../src';

/** What a test wants the service to do. */
export interface Script {
  listRevisions?: (query: ListRevisions) => Promise<RevisionPage>;
  onRulePublished?: (event: RulePublished, delivery: Delivery) => Promise<void>;
}

/** Refuses what no script is about, so that the service is complete. */
@Controller()
class OtherHandlers {}

const scripted = [listRevisions, ...Object.values(serviceOperations.config)].map(({ subject }) => subject);
for (const contract of requestsOf('config').filter(({ subject }) => !scripted.includes(subject))) {
  const handler = {
    value: (): Promise<never> => Promise.reject(new ServiceError('unavailable', 'no script is about this')),
    configurable: true,
  };
  OnRequest(contract)(OtherHandlers.prototype, contract.subject, handler);
  Object.defineProperty(OtherHandlers.prototype, contract.subject, handler);
}

/** The smallest complete service: `config` with handlers that do what the script says. */
export function scriptedConfigService(
  script: Script,
  more: { controllers?: Type[]; http?: ServiceDefinition['http'] } = {},
): ServiceDefinition {
  @Controller()
  class ScriptedHandlers {
    @OnRequest(listRevisions)
    async list(query: ListRevisions): Promise<RevisionPage> {
      return script.listRevisions ? script.listRevisions(query) : { items: [], next_cursor: null };
    }

    @OnEvent(rulePublished)
    async published(event: RulePublished, delivery: Delivery): Promise<void> {
      await script.onRulePublished?.(event, delivery);
    }

    @OnEvent(ruleWithdrawn)
    async withdrawn(_event: RuleWithdrawn): Promise<void> {}

    @OnEvent(clusterRegistered)
    async registered(_event: ClusterChanged): Promise<void> {}

    @OnEvent(clusterChanged)
    async changed(_event: ClusterChanged): Promise<void> {}

    @OnEvent(clusterRetired)
    async retired(_event: ClusterRetired): Promise<void> {}

    @OnEvent(clusterRulesChanged)
    async rulesChanged(_event: ClusterRulesChanged): Promise<void> {}

    @OnEvent(alertmanagerConfigChanged)
    async alertmanagerConfig(_event: AlertmanagerConfigChanged): Promise<void> {}
  }

  @Module({ controllers: [ScriptedHandlers, OtherHandlers, ...(more.controllers ?? [])] })
  class ScriptedModule {}

  return { name: 'config', module: ScriptedModule, entities: [], migrations: [], clusterTokens: true, http: more.http };
}
