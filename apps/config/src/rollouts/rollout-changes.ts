import { rolloutAdvanced, type Actor } from '@alertagent/contracts';
import { AuditLog, Clock, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { HoldsStore } from '../revisions/holds.store';
import type { RolloutCluster } from './rollout-cluster.entity';
import type { Rollout } from './rollout.entity';
import { RolloutsStore } from './rollouts.store';

/** What the service itself does. */
export const SYSTEM: Actor = { kind: 'system', id: 'config', name: 'config' };

/** The changes of a rollout's state that everybody hears of: with audit record and event, in the caller's transaction. */
@Injectable()
export class RolloutChanges {
  constructor(
    private readonly store: RolloutsStore,
    private readonly holds: HoldsStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Begins: its clusters are held from now on. */
  async open(tx: EntityManager, rollout: Rollout, rows: readonly RolloutCluster[]): Promise<void> {
    await this.store.add(tx, rollout, rows);
    const { id: rolloutId, type, name, createdBy, createdAt } = rollout;
    const hold = { heldBy: createdBy.name, reason: name, rolloutId, at: createdAt };
    // In one order everywhere, or two such transactions could wait for each other.
    for (const clusterId of rows.map((row) => row.clusterId).sort())
      await this.holds.take(tx, { clusterId, type }, hold);
    await this.tell(tx, rollout, createdBy);
  }

  /** Takes the step and tells of it. Errors: StaleRollout. */
  async advance(tx: EntityManager, rollout: Rollout, changes: Partial<Rollout>, actor: Actor): Promise<Rollout> {
    const after = await this.store.step(tx, rollout, changes);
    await this.tell(tx, after, actor);
    return after;
  }

  /** The rollout is over before all clusters had it: what was reached goes back, and all of them stay held. */
  async end(
    tx: EntityManager,
    rollout: Rollout,
    to: { state: 'stopped' | 'aborted'; reason: string | null },
    actor: Actor,
  ): Promise<Rollout> {
    const after = await this.advance(tx, rollout, { ...to, endedAt: this.clock.now() }, actor);
    await this.store.moveAll(tx, rollout.id, ['sent', 'live'], { state: 'return_due', liveAt: null });
    return after;
  }

  /** Every cluster that is still there has it: from now on they follow what is wanted again. */
  async complete(tx: EntityManager, rollout: Rollout): Promise<Rollout> {
    const now = this.clock.now();
    const over = { state: 'completed' as const, endedAt: now, settledAt: now };
    const after = await this.advance(tx, rollout, over, SYSTEM);
    const reason = 'it was unreachable; it gets the change when it is back';
    await this.store.moveAll(tx, rollout.id, ['sent'], { state: 'left', reason });
    await this.holds.release(tx, { rolloutId: rollout.id }, now);
    return after;
  }

  /** What somebody did that leaves the rollout where it is. */
  async record(tx: EntityManager, rollout: Rollout, action: string, actor: Actor): Promise<void> {
    const { id, name, kind, state, wave, reason, gates } = rollout;
    await this.audit.record(tx, {
      actor,
      action: `rollout.${action}`,
      resource_type: 'rollout',
      resource_id: id,
      after: { name, kind, state, wave, reason, gates },
    });
  }

  /** The rollout as it is now goes into the audit record and out as an event. */
  async tell(tx: EntityManager, rollout: Rollout, actor: Actor): Promise<void> {
    const { id, name, kind, state, wave, reason } = rollout;
    await this.record(tx, rollout, state, actor);
    const advanced_at = this.clock.now().toISOString();
    await this.outbox.add(tx, rolloutAdvanced, { rollout_id: id, name, kind, state, wave, reason, advanced_at });
  }
}
