import { rulePublished, ruleWithdrawn, type ClusterRef } from '@alertagent/contracts';
import { newId, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { TestGate } from '../rule-tests/test-gate';
import type { Transition } from './distributions.metrics';
import { DistributionsStore } from './distributions.store';
import type { StoredDistribution } from './rule-distribution.entity';

/** The rule version to place. */
export interface PlacedRule {
  id: string;
  name: string;
  version: number;
  /** `for`, as a Prometheus duration. */
  duration: string | null;
}

interface WantedRule {
  rule: PlacedRule;
  clusterId: string;
  existing?: StoredDistribution;
  now: Date;
}

/**
 * Decides nothing: makes it so that a rule version should, or should no longer, run on a cluster, and tells the others.
 * The caller holds the targeting lock. Answers what moved, for the metrics after commit.
 */
@Injectable()
export class RulePlacement {
  constructor(
    private readonly store: DistributionsStore,
    private readonly clusters: KnownClustersStore,
    private readonly outbox: Outbox,
    private readonly tests: TestGate,
  ) {}

  /**
   * The rule runs on exactly these clusters from now on. Distributions that are already right stay untouched; all of them do while the
   * version's tests hold it back.
   */
  async place(tx: EntityManager, rule: PlacedRule, clusters: readonly ClusterRef[], now: Date): Promise<Transition[]> {
    // A rule that is to run nowhere can always be taken away.
    if (clusters.length > 0 && (await this.tests.holds(tx, rule))) return [];
    const existing = await this.lockedDistributions(tx, rule.id, clusters);
    const wanted = new Set(clusters.map(({ id }) => id));
    const moved: Transition[] = [];
    for (const clusterId of wanted) {
      moved.push(...(await this.publishFree(tx, { rule, clusterId, existing: existing.get(clusterId), now })));
    }
    for (const distribution of existing.values()) {
      if (wanted.has(distribution.clusterId)) continue;
      moved.push(...(await this.withdraw(tx, { rule, distribution, deleted: false, now })));
    }
    return moved;
  }

  /** The rule was deleted: it must vanish from every cluster. */
  async withdrawEverywhere(tx: EntityManager, rule: PlacedRule, now: Date): Promise<Transition[]> {
    const moved: Transition[] = [];
    for (const distribution of (await this.lockedDistributions(tx, rule.id, [])).values()) {
      moved.push(...(await this.withdraw(tx, { rule, distribution, deleted: true, now })));
    }
    return moved;
  }

  /**
   * The rule version should run on the cluster, which the caller has locked; nothing happens when that was so before, or while its tests
   * hold it back.
   */
  async publish(tx: EntityManager, wanted: WantedRule): Promise<Transition[]> {
    return (await this.tests.holds(tx, wanted.rule)) ? [] : this.publishFree(tx, wanted);
  }

  private async publishFree(tx: EntityManager, { rule, clusterId, existing, now }: WantedRule): Promise<Transition[]> {
    if (existing && !existing.withdrawn && existing.version === rule.version) return [];
    // After a withdrawal an old proof of the same version would be taken for a new one.
    if (existing?.withdrawn) await this.store.dropProofs(tx, existing.id);
    await this.store.save(tx, [
      {
        id: existing?.id ?? newId(),
        ruleId: rule.id,
        clusterId,
        version: rule.version,
        withdrawn: false,
        status: 'pending',
        reason: null,
        renderedRevision: null,
        refusedReason: null,
        seenInRevision: existing?.seenInRevision ?? 0,
        savedAt: now,
        liveAt: null,
        withdrawnAt: null,
      },
    ]);
    const event = {
      rule_id: rule.id,
      version: rule.version,
      name: rule.name,
      cluster_id: clusterId,
      published_at: now.toISOString(),
      duration: rule.duration,
    };
    await this.outbox.add(tx, rulePublished, event);
    return [{ status: 'pending', seconds: null }];
  }

  /** The rule should no longer run on the cluster, which the caller has locked; nothing happens when that was so before. */
  async withdraw(
    tx: EntityManager,
    {
      rule,
      distribution,
      deleted,
      now,
    }: { rule: PlacedRule; distribution: StoredDistribution; deleted: boolean; now: Date },
  ): Promise<Transition[]> {
    if (distribution.withdrawn) return [];
    await this.store.save(tx, [
      { ...distribution, withdrawn: true, withdrawnAt: now, status: 'removing', reason: null },
    ]);
    await this.outbox.add(tx, ruleWithdrawn, {
      rule_id: rule.id,
      version: distribution.version,
      name: rule.name,
      cluster_id: distribution.clusterId,
      deleted,
      withdrawn_at: now.toISOString(),
    });
    return [{ status: 'removing', seconds: null }];
  }

  /** By cluster id, with the clusters of old and new distributions locked: reports change the same rows. */
  private async lockedDistributions(
    tx: EntityManager,
    ruleId: string,
    more: readonly ClusterRef[],
  ): Promise<Map<string, StoredDistribution>> {
    const names = new Map(more.map(({ id, name }) => [id, name]));
    for (const { clusterId } of await this.store.ofRule(tx, ruleId))
      if (!names.has(clusterId)) names.set(clusterId, clusterId);
    // In one order everywhere, or two transactions could wait for each other.
    for (const [id, name] of [...names].sort(([a], [b]) => (a < b ? -1 : 1)))
      await this.clusters.lock(tx, { id, name });
    return new Map((await this.store.ofRule(tx, ruleId)).map((distribution) => [distribution.clusterId, distribution]));
  }
}
