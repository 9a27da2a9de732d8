import { ServiceError, type ListRuleHealth, type RuleHealthPage } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import type { StoredFinding } from './rule-finding.entity';
import { RuleHealthStore } from './rule-health.store';

const DEFAULT_LIMIT = 50;
const DEFAULT_DAYS = 30;
const DAY_MS = 24 * 3_600_000;

/** Tells what the last sweep found. */
@Injectable()
export class HealthReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleHealthStore,
    private readonly clusters: KnownClustersStore,
    private readonly clock: Clock,
  ) {}

  /** In the order in which they were first found. Errors: `invalid` when the cursor is none of ours. */
  async list({ cursor, limit, cluster_id, days, ...query }: ListRuleHealth): Promise<RuleHealthPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) {
      const problem = { pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' };
      throw new ServiceError('invalid', '/cursor: not a cursor of this list', { errors: [problem] });
    }
    const { manager } = this.dataSource;
    const size = limit ?? DEFAULT_LIMIT;
    const filter = {
      finding: query.finding ?? null,
      owner: query.owner ?? null,
      ruleId: query.rule_id ?? null,
      clusterId: cluster_id ? ((await this.clusters.findId(manager, cluster_id)) ?? cluster_id) : null,
      quietBefore: new Date(this.clock.now().getTime() - Number(days ?? DEFAULT_DAYS) * DAY_MS),
      after: cursor ?? null,
    };
    const found = await this.store.list(manager, filter, size + 1);
    const items = found.slice(0, size);
    const sources = await this.store.sources(manager);
    const sweep = await this.store.sweep(manager);
    const named = await this.clusters.byIds(manager, [
      ...new Set([...items, ...sources].map(({ clusterId }) => clusterId)),
    ]);
    const nameOf = (id: string): string => named.get(id)?.name ?? id;
    return {
      items: items.map((one) => findingView(one, nameOf(one.clusterId))),
      next_cursor: found.length > size ? (items.at(-1)?.id ?? null) : null,
      swept_at: sweep?.sweptAt?.toISOString() ?? null,
      gateway_reason: sweep?.gatewayReason || null,
      sources: sources.map(({ clusterId, outcome, reason, lookedAt }) => ({
        cluster_id: clusterId,
        cluster_name: nameOf(clusterId),
        outcome,
        reason,
        looked_at: lookedAt.toISOString(),
      })),
    };
  }
}

const findingView = (found: StoredFinding, clusterName: string) => ({
  rule_id: found.ruleId,
  rule_name: found.ruleName,
  owner: found.owner,
  cluster_id: found.clusterId,
  cluster_name: clusterName,
  finding: found.finding,
  detail: found.detail,
  since: found.since.toISOString(),
  looked_at: found.lookedAt.toISOString(),
});
