import { ServiceError } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Transition } from '../distributions/distributions.metrics';
import { RuleChanges, type AttributedChange } from '../rules/rule-changes';
import { RulesStore } from '../rules/rules.store';
import type { StoredRule } from '../rules/stored-rule';
import { BatchOperations } from './batch-operations';
import type { StoredBatchItem } from './rule-batch-item.entity';
import type { StoredBatch } from './rule-batch.entity';
import { RuleBatchesStore } from './rule-batches.store';

/** Rules changed in one transaction: few enough that others, who wait for its locks, do not wait long. */
const RULES_AT_ONCE = 25;

type Result = Pick<StoredBatchItem, 'status' | 'version' | 'error'>;

/** The items of one transaction, and the rules that they mean, by id. */
interface Chunk {
  batch: StoredBatch;
  items: readonly StoredBatchItem[];
  rules: ReadonlyMap<string, StoredRule>;
}

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
    const chunk = { batch, items, rules };
    const results = (await this.together(tx, chunk, moved)) ?? (await this.oneByOne(tx, chunk, moved));
    if (results.length > 0) await this.batches.saveItems(tx, results);
    if (items.length === RULES_AT_ONCE) return true;
    await this.batches.finish(tx, id, this.clock.now());
    return false;
  }

  /** All of them in few statements; null, and no trace, when one of them cannot be changed. */
  private async together(tx: EntityManager, chunk: Chunk, moved: Transition[]): Promise<StoredBatchItem[] | null> {
    const { items } = chunk;
    const done = await apart(tx, async () => {
      const changes = await this.decide(tx, chunk, items);
      const applied = await this.changes.applyAll(tx, changes);
      return { ...applied, changes };
    });
    if (done instanceof ServiceError) return null;
    moved.push(...done.moved);
    return items.map((item, index) => ({ ...item, ...resultOf(done.changes[index]!, done.afters[index]!) }));
  }

  private async oneByOne(tx: EntityManager, chunk: Chunk, moved: Transition[]): Promise<StoredBatchItem[]> {
    const { items } = chunk;
    const results: StoredBatchItem[] = [];
    for (const item of items) {
      const done = await apart(tx, async () => {
        const [change] = await this.decide(tx, chunk, [item]);
        return { change: change!, ...(await this.changes.apply(tx, change!)) };
      });
      if (done instanceof ServiceError) results.push({ ...item, ...refusal(done) });
      else {
        moved.push(...done.moved);
        results.push({ ...item, ...resultOf(done.change, done.after) });
      }
    }
    return results;
  }

  private async decide(
    tx: EntityManager,
    { batch, rules }: Chunk,
    items: readonly StoredBatchItem[],
  ): Promise<AttributedChange[]> {
    const decided = await this.operations.decide(
      tx,
      batch,
      items.map(({ ruleId }) => rules.get(ruleId)),
    );
    const kind = batch.operation === 'delete' ? 'deleted' : 'updated';
    const reason = batch.reason ?? `batch ${batch.id}`;
    return decided.map((change) => ({ kind, actor: batch.actor, change, reason }));
  }
}

const resultOf = ({ change }: AttributedChange, after: StoredRule): Result => ({
  status: after === change.before ? 'unchanged' : 'done',
  version: after.version,
  error: null,
});

function refusal(error: ServiceError): Result {
  const [first] = error.errors;
  const detail = first?.detail ?? error.message;
  return { status: 'failed', version: null, error: { code: error.code, detail, pointer: first?.pointer ?? null } };
}

/** What cannot be done leaves no trace, and the reason is answered; any other trouble ends the transaction. */
async function apart<T>(tx: EntityManager, work: () => Promise<T>): Promise<T | ServiceError> {
  await tx.query('SAVEPOINT rule_of_batch');
  try {
    const result = await work();
    await tx.query('RELEASE SAVEPOINT rule_of_batch');
    return result;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT rule_of_batch');
    return error;
  }
}
