import type { SuppressionDefinition } from '@alertagent/alerting';
import { ServiceError, type Actor } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { PolicyStore } from '../policies/policy-store';
import { readSuppression } from './suppression-input';
import { suppressionView } from './suppression-view';
import type { SuppressionInput, SuppressionView } from './suppression.dto';
import { Suppression } from './suppression.entity';

/** How often a change is repeated when the policy itself is changed at the same moment. */
const MOST_COLLISIONS = 10;

type Action = 'suppression.created' | 'suppression.changed' | 'suppression.ended' | 'suppression.deleted';

/** Changes of suppressions. Each makes a new version of the policy in the same transaction, so that decisions can name it. */
@Injectable()
export class Suppressions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly policies: PolicyStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: ServiceError `invalid` with pointers into the body. */
  async create(input: SuppressionInput, actor: Actor): Promise<SuppressionView> {
    const now = this.now();
    const definition = readSuppression(input, { id: newId(), starts_at_ms: now });
    const row: Suppression = {
      ...columnsOf(definition),
      id: definition.id,
      enabled: input.enabled ?? true,
      version: 1,
      created_at: now,
      updated_at: now,
      deleted_at: null,
    };
    return this.commit('suppression.created', actor, async (tx) => {
      await tx.insert(Suppression, row);
      return { before: null, after: row };
    });
  }

  /**
   * Replaces what it says; it keeps its start unless told. Errors: ServiceError `invalid` as for create, `not_found`, `conflict` when
   * `expected` (null: whatever it is) is not the version any more.
   */
  async change(id: string, input: SuppressionInput, expected: number | null, actor: Actor): Promise<SuppressionView> {
    return this.commit('suppression.changed', actor, async (tx) => {
      const before = await this.find(tx, id, expected);
      const definition = readSuppression(input, { id, starts_at_ms: before.starts_at });
      const after = { ...before, ...columnsOf(definition), enabled: input.enabled ?? true };
      return { before, after: await this.store(tx, after) };
    });
  }

  /** Ends it now. What it hides and still fires opens incidents. Errors: as for change; `conflict` when it is over already. */
  async end(id: string, expected: number | null, actor: Actor): Promise<SuppressionView> {
    return this.commit('suppression.ended', actor, async (tx) => {
      const before = await this.find(tx, id, expected);
      const now = this.now();
      if (before.ends_at !== null && before.ends_at <= now) {
        throw new ServiceError('conflict', 'it is over already; nothing is hidden by it any more');
      }
      // One that has not begun ends before anything happens.
      const starts_at = Math.min(before.starts_at, now - 1);
      return { before, after: await this.store(tx, { ...before, starts_at, ends_at: now }) };
    });
  }

  /** Takes it away; the alerts that it hid go on naming it. Errors: as for change. */
  async delete(id: string, expected: number | null, actor: Actor): Promise<void> {
    await this.commit('suppression.deleted', actor, async (tx) => {
      const before = await this.find(tx, id, expected);
      return { before, after: await this.store(tx, { ...before, deleted_at: this.now() }) };
    });
  }

  private async commit(
    action: Action,
    actor: Actor,
    change: (tx: EntityManager) => Promise<{ before: Suppression | null; after: Suppression }>,
  ): Promise<SuppressionView> {
    return inTransaction(
      this.dataSource,
      async (tx) => {
        await this.waitForOthers(tx);
        const { before, after } = await change(tx);
        const now = this.now();
        const view = suppressionView(after, now);
        await this.policies.commit(tx, { author: actor.name.slice(0, 200), reason: `${action} "${after.name}"` });
        await this.audit.record(tx, {
          actor,
          action,
          resource_type: 'suppression',
          resource_id: after.id,
          before: before && suppressionView(before, now),
          after: after.deleted_at === null ? view : null,
        });
        return view;
      },
      { maxRetries: MOST_COLLISIONS },
    );
  }

  /**
   * Changes go one after the other: each makes the next version of the policy. The lock on the first version, which is never changed, is
   * taken before anything is read, so that what the others did is seen.
   */
  private async waitForOthers(tx: EntityManager): Promise<void> {
    if (this.dataSource.options.type === 'better-sqlite3') return;
    await tx.query('SELECT version FROM policy_versions WHERE version = 1 FOR UPDATE');
  }

  private async find(tx: EntityManager, id: string, expected: number | null): Promise<Suppression> {
    const row = await tx.findOneBy(Suppression, { id, deleted_at: IsNull() });
    if (!row) throw new ServiceError('not_found', 'there is no such suppression');
    if (expected !== null && expected !== row.version) throw overtaken();
    return row;
  }

  private async store(tx: EntityManager, changed: Suppression): Promise<Suppression> {
    const after = { ...changed, version: changed.version + 1, updated_at: this.now() };
    const { affected } = await tx.update(Suppression, { id: after.id, version: changed.version }, after);
    if (!affected) throw overtaken();
    return after;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

function columnsOf(
  definition: SuppressionDefinition,
): Pick<Suppression, 'name' | 'kind' | 'definition' | 'owner' | 'reason' | 'starts_at' | 'ends_at'> {
  const { id: _id, name, kind, owner, reason, starts_at_ms, ends_at_ms, ...terms } = definition;
  return { name, kind, owner, reason, starts_at: starts_at_ms, ends_at: ends_at_ms, definition: terms };
}

function overtaken(): ServiceError {
  const detail = 'somebody else changed this suppression meanwhile; GET it again and repeat the change';
  return new ServiceError('conflict', detail, { errors: [{ pointer: '', code: 'version_mismatch', detail }] });
}
