import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { ClusterRulesNews } from '../distributions/cluster-rules-news';
import type { StoredRuleGroup } from './stored-rule-group';

type Named = Pick<StoredRuleGroup, 'namespace' | 'name'>;

const RULES_OF_GROUP = 'FROM rules WHERE namespace = ? AND group_name = ? AND deleted_at IS NULL';

/** Who uses a group: rules, and the clusters that have them. */
@Injectable()
export class RuleGroupUse {
  constructor(
    private readonly clusters: KnownClustersStore,
    private readonly news: ClusterRulesNews,
  ) {}

  /** Nobody else changes groups, or which groups rules are in, until commit. */
  lock(tx: EntityManager): Promise<void> {
    return this.clusters.lockTargeting(tx);
  }

  /** How many rules it has. */
  async rules(manager: EntityManager, { namespace, name }: Named): Promise<number> {
    const [row] = await manager.query<{ rules: number | string }[]>(`SELECT COUNT(*) AS rules ${RULES_OF_GROUP}`, [
      namespace,
      name,
    ]);
    return Number(row?.rules ?? 0);
  }

  /** Each cluster that has rules of it is told to look again. */
  async tellClusters(tx: EntityManager, { namespace, name }: Named, now: Date): Promise<void> {
    const rows = await tx.query<{ cluster_id: string }[]>(
      `SELECT DISTINCT cluster_id FROM rule_distributions WHERE withdrawn = 0 AND rule_id IN (SELECT id ${RULES_OF_GROUP}) ORDER BY cluster_id`,
      [namespace, name],
    );
    await this.news.tell(
      tx,
      rows.map(({ cluster_id }) => cluster_id),
      now,
    );
  }
}
