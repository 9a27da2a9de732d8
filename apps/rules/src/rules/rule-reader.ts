import {
  ServiceError,
  type GetRuleOnCluster,
  type ListRules,
  type RuleDistribution,
  type RuleOnCluster,
  type RulePage,
  type RuleView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsService } from '../distributions/distributions.service';
import { ClusterRulesReader } from './cluster-rules-reader';
import { RuleHolds } from './rule-holds';
import { cursorOf, positionOf } from './rule-order';
import { ruleView } from './rule-view';
import type { StoredRule } from './stored-rule';
import { RulesStore } from './rules.store';

const DEFAULT_LIMIT = 50;

/** Answers questions about rules. */
@Injectable()
export class RuleReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly clusters: KnownClustersStore,
    private readonly onClusters: ClusterRulesReader,
    private readonly statuses: DistributionsService,
    private readonly holds: RuleHolds,
  ) {}

  /** Errors: `not_found`, for deleted rules too. */
  async get(id: string): Promise<RuleView> {
    const rule = await this.known(id);
    if (rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
    return ruleView(rule);
  }

  /** Newest first unless told. Errors: `invalid` when the cursor is none of ours or the matchers cannot be read. */
  async list({ cursor, limit, cluster_id, sort, ...filter }: ListRules): Promise<RulePage> {
    const { manager } = this.dataSource;
    const order = sort ?? '-created';
    const after = positionOf(cursor, order);
    const clusterId = cluster_id ? ((await this.clusters.findId(manager, cluster_id)) ?? cluster_id) : null;
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.rules.list(manager, { ...filter, clusterId }, { sort: order, after, limit: size + 1 });
    const items = found.slice(0, size);
    const last = items.at(-1);
    return { items: items.map(ruleView), next_cursor: found.length > size && last ? cursorOf(last, order) : null };
  }

  /** Errors: `not_found` when there never was such a rule. */
  async distribution(id: string): Promise<RuleDistribution> {
    const rule = await this.known(id);
    const statuses = await this.statuses.ofRule(id, await this.onClusters.gatesOf(rule));
    return { ...statuses, held: await this.holds.of(this.dataSource.manager, rule) };
  }

  /** Errors: `not_found` when there is no such rule or cluster. */
  async onCluster({ id, cluster }: GetRuleOnCluster): Promise<RuleOnCluster> {
    const { manager } = this.dataSource;
    const rule = await this.known(id);
    const clusterId = await this.clusters.findId(manager, cluster);
    const known = clusterId && (await this.clusters.byIds(manager, [clusterId])).get(clusterId);
    if (rule.deletedAt || !known)
      throw new ServiceError('not_found', known ? 'there is no such rule' : 'there is no such cluster');
    return this.onClusters.one(rule, known);
  }

  private async known(id: string): Promise<StoredRule> {
    const rule = await this.rules.find(this.dataSource.manager, id);
    if (!rule) throw new ServiceError('not_found', 'there is no such rule');
    return rule;
  }
}
