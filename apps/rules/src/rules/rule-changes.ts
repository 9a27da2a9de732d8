import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, inTransaction, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KnownClustersStore } from '../clusters/known-clusters.store';
import { DistributionsMetrics, type Transition } from '../distributions/distributions.metrics';
import { ruleView } from './rule-content';
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
    let moved: Transition[] = [];
    const rule = await inTransaction(this.dataSource, async (tx) => {
      moved = [];
      await this.clusters.lockTargeting(tx);
      const change = await decide(tx);
      if (change.after === change.before) return change.after;
      await this.write(tx, { kind, actor, change });
      moved = await change.distribute(tx);
      await this.audit.record(tx, {
        actor,
        action: `rule.${kind}`,
        resource_type: 'rule',
        resource_id: change.after.id,
        before: change.before && ruleView(change.before),
        after: kind === 'deleted' ? null : ruleView(change.after),
      });
      return change.after;
    });
    this.metrics.record(moved);
    return rule;
  }

  private async write(
    tx: EntityManager,
    { kind, actor, change }: { kind: RuleChange; actor: Actor; change: DecidedChange },
  ): Promise<void> {
    const { before, after } = change;
    try {
      const isWritten = before ? await this.store.replace(tx, after) : (await this.store.insert(tx, after), true);
      if (!isWritten) throw new ServiceError('conflict', 'the rule was changed by somebody else meanwhile');
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new ServiceError('conflict', 'the group has a rule of this name already', {
        errors: [{ pointer: '/name', code: 'not_unique', detail: 'another rule of the group has this name' }],
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
