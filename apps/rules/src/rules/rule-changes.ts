import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, inTransaction, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsMetrics, type Transition } from '../distributions/distributions.metrics';
import { ruleView } from './rule-view';
import type { RuleChange } from './rule-version.entity';
import type { StoredRule } from './rule.entity';
import { RulesStore } from './rules.store';

/** What a use case decided, with the rule as it was under the lock. */
export interface DecidedChange {
  before: StoredRule | null;
  /** The same object as `before` when there is nothing to change. */
  after: StoredRule;
  /** Tells the clusters; run after the rule is written. */
  distribute(tx: EntityManager): Promise<Transition[]>;
}

/** Writes a change of a rule: rule, version, distributions, events and audit record in one transaction. */
@Injectable()
export class RuleChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clusters: KnownClustersStore,
    private readonly store: RulesStore,
    private readonly audit: AuditLog,
    private readonly metrics: DistributionsMetrics,
  ) {}

  /** `decide` is run again when the database gave the transaction up. Errors: those of `decide`; `conflict`. */
  async commit(
    kind: RuleChange,
    actor: Actor,
    decide: (tx: EntityManager) => Promise<DecidedChange>,
  ): Promise<StoredRule> {
    return this.transaction(async (tx, moved) => {
      const change = await decide(tx);
      moved.push(...(await this.apply(tx, { kind, actor, change })));
      return change.after;
    });
  }

  /** Several changes in one transaction; `work` notes what moved, for the metrics after commit. */
  async transaction<T>(work: (tx: EntityManager, moved: Transition[]) => Promise<T>): Promise<T> {
    let moved: Transition[] = [];
    const result = await inTransaction(this.dataSource, async (tx) => {
      moved = [];
      await this.clusters.lockTargeting(tx);
      return work(tx, moved);
    });
    this.metrics.record(moved);
    return result;
  }

  /** Called in a `transaction`. Answers what moved; nothing when there was nothing to change. Errors: `conflict`. */
  async apply(
    tx: EntityManager,
    { kind, actor, change, reason }: { kind: RuleChange; actor: Actor; change: DecidedChange; reason?: string | null },
  ): Promise<Transition[]> {
    if (change.after === change.before) return [];
    await this.write(tx, { kind, actor, change });
    const moved = await change.distribute(tx);
    await this.audit.record(tx, {
      actor,
      action: `rule.${kind}`,
      resource_type: 'rule',
      resource_id: change.after.id,
      before: change.before && ruleView(change.before),
      after: kind === 'deleted' ? null : { ...ruleView(change.after), ...(reason ? { reason } : {}) },
    });
    return moved;
  }

  private async write(
    tx: EntityManager,
    { kind, actor, change }: { kind: RuleChange; actor: Actor; change: DecidedChange },
  ): Promise<void> {
    const { before, after } = change;
    try {
      const isWritten = before
        ? await this.store.replace(tx, before, after)
        : (await this.store.insert(tx, after), true);
      if (!isWritten) throw new ServiceError('conflict', 'the rule was changed by somebody else meanwhile');
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = 'another rule of the group has this name, severity and labels';
      throw new ServiceError('conflict', 'the group has this rule already', {
        errors: [{ pointer: '/name', code: 'not_unique', detail }],
        cause: error,
      });
    }
    const version = {
      ruleId: after.id,
      version: after.version,
      change: kind,
      author: actor.name,
      createdAt: after.updatedAt,
      rule: ruleView(after),
    };
    await this.store.addVersion(tx, version);
  }
}
