import { setTimeout as delay } from 'node:timers/promises';
import {
  ServiceError,
  type CreateRuleBatch,
  type ListRuleBatches,
  type RuleBatchDetail,
  type RuleBatchInput,
  type RuleBatchPage,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { badCursor } from '../rules/rule-order';
import { RuleTargets } from '../rules/rule-targets';
import { BatchRunner } from './batch-runner';
import { batchDetail, batchView } from './batch-view';
import type { StoredBatch } from './rule-batch.entity';
import { RuleBatchesStore } from './rule-batches.store';

const DEFAULT_LIMIT = 50;

/** How long the answer to a new batch waits for its end, in milliseconds. */
const WAIT_MS = 8_000;

/** Makes batches and tells how far they are. */
@Injectable()
export class RuleBatchesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: RuleBatchesStore,
    private readonly targets: RuleTargets,
    private readonly runner: BatchRunner,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Once it is stored it will be finished. Errors: `invalid` when the operation lacks what it needs or a target is unknown. */
  async create({ batch: input, actor }: CreateRuleBatch): Promise<RuleBatchDetail> {
    checkTerms(input);
    const { operation, rule_ids: ruleIds } = input;
    const targets = needsTargets(operation) ? (input.targets ?? null) : null;
    const { pinned } = await this.targets.resolve({ targets: targets ?? [], overrides: [] });
    const isRelabel = operation === 'relabel';
    const batch: StoredBatch = {
      id: newId(),
      operation,
      terms: {
        targets,
        pinned: Object.fromEntries(pinned),
        setLabels: isRelabel ? (input.set_labels ?? null) : null,
        removeLabels: isRelabel ? (input.remove_labels ?? null) : null,
      },
      actor,
      reason: input.reason || null,
      total: ruleIds.length,
      createdAt: this.clock.now(),
      finishedAt: null,
    };
    await inTransaction(this.dataSource, async (tx) => {
      await this.store.insert(tx, batch, ruleIds);
      await this.audit.record(tx, {
        actor,
        action: 'rule_batch.created',
        resource_type: 'rule_batch',
        resource_id: batch.id,
        after: { operation, rules: ruleIds.length, ...batch.terms, reason: batch.reason },
      });
    });
    await this.someTimeOf(batch.id);
    return this.get(batch.id);
  }

  /** Errors: `not_found`. */
  async get(id: string): Promise<RuleBatchDetail> {
    const { manager } = this.dataSource;
    const batch = await this.store.find(manager, id);
    if (!batch) throw new ServiceError('not_found', 'there is no such batch');
    return batchDetail(batch, await this.store.items(manager, id));
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ state, cursor, limit }: ListRuleBatches): Promise<RuleBatchPage> {
    if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) throw badCursor();
    const { manager } = this.dataSource;
    const size = limit ?? DEFAULT_LIMIT;
    const found = await this.store.list(manager, { state, before: cursor, limit: size + 1 });
    const batches = found.slice(0, size);
    const counts = await this.store.counts(
      manager,
      batches.map(({ id }) => id),
    );
    return {
      items: batches.map((batch) => batchView(batch, counts.get(batch.id)!)),
      next_cursor: found.length > size ? (batches.at(-1)?.id ?? null) : null,
    };
  }

  /** Whatever stops the work now, the loop goes on with it. */
  private async someTimeOf(id: string): Promise<void> {
    const giveUp = new AbortController();
    const enough = delay(WAIT_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
    await Promise.race([this.runner.run(id).catch(() => undefined), enough]);
    giveUp.abort();
  }
}

const needsTargets = (operation: RuleBatchInput['operation']): boolean =>
  operation === 'distribute' || operation === 'retarget';

function checkTerms({ operation, targets, set_labels, remove_labels }: RuleBatchInput): void {
  if (needsTargets(operation) && !targets) throw lacks('/targets', `${operation} needs targets`);
  const labels = Object.keys(set_labels ?? {}).length + (remove_labels ?? []).length;
  if (operation === 'relabel' && labels === 0) throw lacks('/set_labels', 'relabel needs labels to set or to remove');
}

const lacks = (pointer: string, detail: string): ServiceError =>
  new ServiceError('invalid', `${pointer}: ${detail}`, { errors: [{ pointer, code: 'required', detail }] });
