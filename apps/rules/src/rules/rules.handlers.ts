import {
  clusterChanged,
  clusterRegistered,
  clusterRetired,
  createRule,
  deleteRule,
  getClusterRules,
  getRule,
  getRuleDistribution,
  getRuleOnCluster,
  listRules,
  restoreRule,
  updateRule,
  type ById,
  type ClusterChanged,
  type ClusterRetired,
  type ClusterRules,
  type CreateRule,
  type DeleteRule,
  type Done,
  type GetRuleOnCluster,
  type ListRules,
  type RestoreRule,
  type RuleDistribution,
  type RuleOnCluster,
  type RulePage,
  type RuleView,
  type UpdateRule,
} from '@alertagent/contracts';
import { OnEvent, OnRequest, type Delivery } from '@alertagent/service-kit';
import { Controller } from '@nestjs/common';
import { ClusterRulesReader } from './cluster-rules-reader';
import { Retargeting } from './retargeting';
import { RuleReader } from './rule-reader';
import { RulesService } from './rules.service';

/** What others ask of the rules, and what they tell about clusters. */
@Controller()
export class RulesHandlers {
  constructor(
    private readonly rules: RulesService,
    private readonly reader: RuleReader,
    private readonly onClusters: ClusterRulesReader,
    private readonly retargeting: Retargeting,
  ) {}

  @OnRequest(createRule)
  create(query: CreateRule): Promise<RuleView> {
    return this.rules.create(query);
  }

  @OnRequest(updateRule)
  update(query: UpdateRule): Promise<RuleView> {
    return this.rules.update(query);
  }

  @OnRequest(deleteRule)
  async delete(query: DeleteRule): Promise<Done> {
    return { done: await this.rules.delete(query) };
  }

  @OnRequest(restoreRule)
  restore(query: RestoreRule): Promise<RuleView> {
    return this.rules.restore(query);
  }

  @OnRequest(getRuleOnCluster)
  onCluster(query: GetRuleOnCluster): Promise<RuleOnCluster> {
    return this.reader.onCluster(query);
  }

  @OnRequest(getRule)
  get({ id }: ById): Promise<RuleView> {
    return this.reader.get(id);
  }

  @OnRequest(listRules)
  list(query: ListRules): Promise<RulePage> {
    return this.reader.list(query);
  }

  @OnRequest(getRuleDistribution)
  distribution({ id }: ById): Promise<RuleDistribution> {
    return this.reader.distribution(id);
  }

  @OnRequest(getClusterRules)
  ofCluster({ id }: ById): Promise<ClusterRules> {
    return this.onClusters.all(id);
  }

  @OnEvent(clusterRegistered)
  async onRegistered(event: ClusterChanged, delivery: Delivery): Promise<void> {
    await this.retargeting.changed(event, delivery);
  }

  @OnEvent(clusterChanged)
  async onChanged(event: ClusterChanged, delivery: Delivery): Promise<void> {
    await this.retargeting.changed(event, delivery);
  }

  @OnEvent(clusterRetired)
  async onRetired(event: ClusterRetired, delivery: Delivery): Promise<void> {
    await this.retargeting.retired(event, delivery);
  }
}
