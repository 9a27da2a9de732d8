import { rulePublished, ruleWithdrawn, type ClusterRef } from '@alertagent/contracts';
import { fact, newId, Outbox, type Fact } from '@alertagent/service-kit';
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

/** Where a rule is to run from now on: on exactly these clusters. */
export interface WantedPlaces {
  rule: PlacedRule;
  clusters: readonly ClusterRef[];
  /** The rule is gone, so there are none. */
  deleted: boolean;
  now: Date;
}

/** What is to become of one rule on one cluster. */
export type Move =
  | { to: 'run'; rule: PlacedRule; clusterId: string; existing?: StoredDistribution; now: Date }
  | { to: 'vanish'; rule: PlacedRule; distribution: StoredDistribution; deleted: boolean; now: Date };

/** What one move writes. */
interface Step {
  row: StoredDistribution;
  fact: Fact;
  isBack: boolean;
}

/**
 * Decides nothing: makes it so that rule versions should, or should no longer, run on clusters, and tells the others. The caller holds
 * the targeting lock. Answers what moved, for the metrics after commit. Many at once cost few statements.
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
   * For different rules. Distributions that are already right stay untouched; all of a rule's do while the version's tests hold it back.
   */
  async place(tx: EntityManager, wanted: readonly WantedPlaces[]): Promise<Transition[]> {
    // A rule that is to run nowhere can always be taken away.
    const held = await this.tests.holding(tx, rulesOf(wanted.filter(({ clusters }) => clusters.length > 0)));
    const free = wanted.filter(({ rule }) => !held.has(rule.id));
    const existing = await this.lockedDistributions(tx, free);
    const moves = free.flatMap(({ rule, clusters, deleted, now }): Move[] => {
      const own = existing.get(rule.id) ?? new Map<string, StoredDistribution>();
      const ids = [...new Set(clusters.map(({ id }) => id))];
      const leaving = [...own.values()].filter(({ clusterId }) => !ids.includes(clusterId));
      return [
        ...ids.map((clusterId): Move => ({ to: 'run', rule, clusterId, existing: own.get(clusterId), now })),
        ...leaving.map((distribution): Move => ({ to: 'vanish', rule, distribution, deleted, now })),
      ];
    });
    return this.write(tx, moves);
  }

  /**
   * The same move by move; the caller has locked the clusters. Nothing happens to what was so before, nor to a rule that is to run
   * while its tests hold it back.
   */
  async move(tx: EntityManager, moves: readonly Move[]): Promise<Transition[]> {
    const held = await this.tests.holding(tx, rulesOf(moves.filter(({ to }) => to === 'run')));
    return this.write(
      tx,
      moves.filter(({ to, rule }) => to === 'vanish' || !held.has(rule.id)),
    );
  }

  private async write(tx: EntityManager, moves: readonly Move[]): Promise<Transition[]> {
    const steps = moves.flatMap((move): Step[] => (move.to === 'run' ? published(move) : withdrawn(move)));
    // After a withdrawal an old proof of the same version would be taken for a new one.
    await this.store.dropProofs(
      tx,
      steps.filter(({ isBack }) => isBack).map(({ row }) => row.id),
    );
    await this.store.save(
      tx,
      steps.map(({ row }) => row),
    );
    await this.outbox.addAll(
      tx,
      steps.map((step) => step.fact),
    );
    return steps.map(({ row }) => ({ status: row.status, seconds: null }));
  }

  /** By rule and cluster, with the clusters of old and new distributions locked: reports change the same rows. */
  private async lockedDistributions(
    tx: EntityManager,
    wanted: readonly WantedPlaces[],
  ): Promise<Map<string, Map<string, StoredDistribution>>> {
    const ids = rulesOf(wanted).map(({ id }) => id);
    const names = new Map(wanted.flatMap(({ clusters }) => clusters.map(({ id, name }) => [id, name])));
    for (const { clusterId } of await this.store.ofRules(tx, ids))
      if (!names.has(clusterId)) names.set(clusterId, clusterId);
    await this.clusters.lockAll(
      tx,
      [...names].map(([id, name]) => ({ id, name })),
    );
    const found = new Map<string, Map<string, StoredDistribution>>(ids.map((id) => [id, new Map()]));
    for (const distribution of await this.store.ofRules(tx, ids))
      found.get(distribution.ruleId)?.set(distribution.clusterId, distribution);
    return found;
  }
}

const rulesOf = (all: readonly { rule: PlacedRule }[]): PlacedRule[] => all.map(({ rule }) => rule);

/** Nothing when that was so before. */
function published({ rule, clusterId, existing, now }: Extract<Move, { to: 'run' }>): Step[] {
  if (existing && !existing.withdrawn && existing.version === rule.version) return [];
  const row: StoredDistribution = {
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
  };
  const event = fact(rulePublished, {
    rule_id: rule.id,
    version: rule.version,
    name: rule.name,
    cluster_id: clusterId,
    published_at: now.toISOString(),
    duration: rule.duration,
  });
  return [{ row, fact: event, isBack: existing?.withdrawn === true }];
}

/** Nothing when that was so before. */
function withdrawn({ rule, distribution, deleted, now }: Extract<Move, { to: 'vanish' }>): Step[] {
  if (distribution.withdrawn) return [];
  const row: StoredDistribution = {
    ...distribution,
    withdrawn: true,
    withdrawnAt: now,
    status: 'removing',
    reason: null,
  };
  const event = fact(ruleWithdrawn, {
    rule_id: rule.id,
    version: distribution.version,
    name: rule.name,
    cluster_id: distribution.clusterId,
    deleted,
    withdrawn_at: now.toISOString(),
  });
  return [{ row, fact: event, isBack: false }];
}
