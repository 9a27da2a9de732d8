import {
  ServiceError,
  type ClusterRules,
  type ListRules,
  type ListRuleVersions,
  type RuleDistribution,
  type RulePage,
  type RuleVersionPage,
  type RuleView,
} from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsService } from '../distributions/distributions.service';
import { DistributionsStore } from '../distributions/distributions.store';
import { clusterRule, ruleView } from './rule-content';
import type { StoredRule } from './rule.entity';
import { RulesStore } from './rules.store';

const DEFAULT_LIMIT = 50;

/** Answers questions about rules. */
@Injectable()
export class RuleReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rules: RulesStore,
    private readonly clusters: KnownClustersStore,
    private readonly distributions: DistributionsStore,
    private readonly statuses: DistributionsService,
  ) {}

  /** Errors: `not_found`, for deleted rules too. */
  async get(id: string): Promise<RuleView> {
    const rule = await this.known(id);
    if (rule.deletedAt) throw new ServiceError('not_found', 'there is no such rule');
    return ruleView(rule);
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, cluster_id, ...filter }: ListRules): Promise<RulePage> {
    const { manager } = this.dataSource;
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const clusterId = cluster_id ? ((await this.clusters.findId(manager, cluster_id)) ?? cluster_id) : null;
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.rules.list(manager, { ...filter, clusterId, before: cursor }, size + 1);
    const items = found.slice(0, size);
    return { items: items.map(ruleView), next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null };
  }

  /** Newest first, deleted rules included. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async versions({ id, cursor, limit }: ListRuleVersions): Promise<RuleVersionPage> {
    if (cursor && !/^[0-9]{1,9}$/.test(cursor)) throw badCursor();
    await this.known(id);
    const size = limit ?? DEFAULT_LIMIT;
    const before = cursor ? Number(cursor) : 2_147_483_647;
    const found = await this.rules.versions(this.dataSource.manager, id, { before, limit: size + 1 });
    const items = found.slice(0, size);
    return {
      items: items.map(({ version, change, author, createdAt, rule }) => ({
        version,
        change,
        author,
        created_at: createdAt.toISOString(),
        rule,
      })),
      next_cursor: found.length > size ? String(items.at(-1)?.version) : null,
    };
  }

  /** Errors: `not_found` when there never was such a rule. */
  async distribution(id: string): Promise<RuleDistribution> {
    await this.known(id);
    return this.statuses.ofRule(id);
  }

  /** Everything a cluster should run now; nothing for a cluster that no rule was placed on. */
  async ofCluster(clusterId: string): Promise<ClusterRules> {
    const { manager } = this.dataSource;
    const placed = await this.rules.placedOn(manager, clusterId);
    // Asked second: a rule withdrawn between the two is in both lists, never in neither, where it would seem lost.
    const withdrawn = await this.distributions.withdrawnRuleIds(manager, clusterId);
    return { cluster_id: clusterId, rules: placed.map(clusterRule), withdrawn_rule_ids: withdrawn };
  }

  private async known(id: string): Promise<StoredRule> {
    const rule = await this.rules.find(this.dataSource.manager, id);
    if (!rule) throw new ServiceError('not_found', 'there is no such rule');
    return rule;
  }
}

const badCursor = (): ServiceError =>
  new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
