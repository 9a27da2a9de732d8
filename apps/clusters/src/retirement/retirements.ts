import { ServiceError, type Actor, type RetireCluster } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ClusterRecord } from '../clusters/cluster-record';
import { ClustersStore } from '../clusters/clusters.store';
import type { StoredCluster } from '../clusters/stored-cluster';
import { HealthRecord } from '../health/health-record';
import type { StoredMember } from '../health/stored-member';
import { TokenIssuer } from '../tokens/token-issuer';

const SYSTEM: Actor = { kind: 'system', id: 'clusters', name: 'clusters' };

/**
 * Takes clusters out of service. With `withdraw` a cluster is `retiring` while its members still have rules, and its tokens live, since
 * the members need them to hear of it. Once retired it is never brought back: it is registered anew, with new tokens.
 */
@Injectable()
export class Retirements {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ClustersStore,
    private readonly tokens: TokenIssuer,
    private readonly health: HealthRecord,
    private readonly record: ClusterRecord,
    private readonly clock: Clock,
  ) {}

  /** With `keep` the cluster is retired at once, also one that is waiting for its rules to be gone. Errors: `not_found`. */
  async begin({ id, rules, actor }: RetireCluster): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const before = await this.store.lock(tx, id);
      if (!before) throw new ServiceError('not_found', 'there is no such cluster');
      if (rules !== 'withdraw') return this.end(tx, before, { rules: 'keep', actor });
      if (before.retiringAt) return;
      const now = this.clock.now();
      const after: StoredCluster = { ...next(before, now), retiringAt: now, retiredRules: 'withdraw' };
      await this.replace(tx, after);
      await this.record.retiring(tx, { before, after, actor });
      await this.settle(tx, after);
    });
  }

  /**
   * Ends a retirement once every member that evaluates rules has shown that none are left; silent ones are not waited for. The caller
   * has the cluster locked. Answers whether the cluster is retired now.
   */
  async settle(tx: EntityManager, cluster: StoredCluster): Promise<boolean> {
    if (!cluster.retiringAt || cluster.retiredAt) return false;
    const unproven = unprovenOf(cluster, await this.health.members(tx, cluster.id));
    if (unproven.some(({ status }) => status !== 'critical')) return false;
    await this.end(tx, cluster, { rules: 'withdraw', actor: SYSTEM });
    return true;
  }

  /** Looks at every cluster that is being retired: a member that went silent sends nothing that could end the wait. */
  async settleAll(): Promise<void> {
    for (const { id } of await this.store.list(this.dataSource.manager, { status: 'retiring' })) {
      await inTransaction(this.dataSource, async (tx) => {
        const cluster = await this.store.lock(tx, id);
        if (cluster) await this.settle(tx, cluster);
      });
    }
  }

  /** The cluster's tokens die with it; its name is free again. */
  private async end(
    tx: EntityManager,
    before: StoredCluster,
    { rules, actor }: { rules: 'withdraw' | 'keep'; actor: Actor },
  ): Promise<void> {
    const now = this.clock.now();
    const members = before.retiringAt ? unprovenOf(before, await this.health.members(tx, before.id)) : [];
    const after = {
      ...next(before, now),
      activeName: null,
      retiringAt: before.retiringAt ?? now,
      retiredRules: rules,
      unproven: members.map(({ name }) => name),
      retiredAt: now,
    };
    await this.replace(tx, after);
    await this.tokens.revokeAll(tx, before.id);
    await this.health.end(tx, before);
    await this.record.retired(tx, { before, after, actor });
  }

  private async replace(tx: EntityManager, after: StoredCluster): Promise<void> {
    if (await this.store.replace(tx, after)) return;
    throw new ServiceError('conflict', 'the cluster was changed by somebody else meanwhile');
  }
}

const next = (before: StoredCluster, now: Date): StoredCluster => ({
  ...before,
  version: before.version + 1,
  updatedAt: now,
});

/** Members that evaluate rules and have not shown since the retirement began that none are left. */
function unprovenOf({ retiringAt }: StoredCluster, members: readonly StoredMember[]): StoredMember[] {
  const since = retiringAt?.getTime() ?? 0;
  return members.filter(({ type, bareAt }) => type === 'prometheus-rules' && (bareAt?.getTime() ?? 0) < since);
}
