import { ServiceError } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transition } from '../distributions/distributions.metrics';
import { RuleChanges } from '../rules/rule-changes';
import { RulesStore } from '../rules/rules.store';
import { BatchOperations } from './batch-operations';
import type { StoredBatchItem } from './rule-batch-item.entity';
import type { StoredBatch } from './rule-batch.entity';
import { RuleBatchesStore } from './rule-batches.store';

/** Rules changed in one transaction: few enough that others, who wait for its locks, do not wait long. */
const RULES_AT_ONCE = 25;

type Result = Pick<StoredBatchItem, 'status' | 'version' | 'error'>;

/**
 * Works on batches, some rules at a time. What became of a rule is written in the transaction that changes it, so a batch that a
 * crash interrupted goes on with the first rule without a result, and no rule is changed twice.
 */
@Injectable()
export class BatchRunner {
  private readonly running = new Map<string, Promise<void>>();

  constructor(
    private readonly batches: RuleBatchesStore,
    private readonly operations: BatchOperations,
    private readonly rules: RulesStore,
    private readonly changes: RuleChanges,
    private readonly clock: Clock,
  ) {}

  /** Works on a batch to its end; one that this process works on already is waited for. Errors: `unavailable`. */
  run(id: string): Promise<void> {
    const known = this.running.get(id);
    if (known) return known;
    const work = this.toTheEnd(id).finally(() => this.running.delete(id));
    this.running.set(id, work);
    return work;
  }

  private async toTheEnd(id: string): Promise<void> {
    while (await this.changes.transaction((tx, moved) => this.step(tx, id, moved)));
  }

  /** Answers whether there is more to do. The targeting lock, which is held, keeps other replicas from the same step. */
  private async step(tx: EntityManager, id: string, moved: Transition[]): Promise<boolean> {
    const batch = await this.batches.find(tx, id);
    if (!batch || batch.finishedAt) return false;
    const items = await this.batches.waiting(tx, id, RULES_AT_ONCE);
    const rules = await this.rules.byIds(
      tx,
      items.map(({ ruleId }) => ruleId),
    );
    const results: StoredBatchItem[] = [];
    for (const item of items) {
      const change = () => this.change(tx, batch, rules.get(item.ruleId), moved);
      results.push({ ...item, ...(await apart(tx, change)) });
    }
    if (results.length > 0) await this.batches.saveItems(tx, results);
    if (items.length === RULES_AT_ONCE) return true;
    await this.batches.finish(tx, id, this.clock.now());
    return false;
  }

  private async change(
    tx: EntityManager,
    batch: StoredBatch,
    rule: Parameters<BatchOperations['decide']>[2],
    moved: Transition[],
  ): Promise<Result> {
    const change = await this.operations.decide(tx, batch, rule);
    const kind = batch.operation === 'delete' ? 'deleted' : 'updated';
    const reason = batch.reason ?? `batch ${batch.id}`;
    const applied = await this.changes.apply(tx, { kind, actor: batch.actor, change, reason });
    moved.push(...applied.moved);
    const status = applied.after === change.before ? 'unchanged' : 'done';
    return { status, version: applied.after.version, error: null };
  }
}

/** One rule that cannot be changed leaves no trace and does not keep the others; any other trouble ends the transaction. */
async function apart(tx: EntityManager, change: () => Promise<Result>): Promise<Result> {
  await tx.query('SAVEPOINT rule_of_batch');
  try {
    const result = await change();
    await tx.query('RELEASE SAVEPOINT rule_of_batch');
    return result;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT rule_of_batch');
    const [first] = error.errors;
    const detail = first?.detail ?? error.message;
    return { status: 'failed', version: null, error: { code: error.code, detail, pointer: first?.pointer ?? null } };
  }
}
