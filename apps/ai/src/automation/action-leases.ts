import type { CatalogueEntry } from '@alertagent/alerting';
import { Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import type { RequestedAction } from './action';
import { ActionPermits } from './action-permits';
import { ActionTransitions, AI, type Step } from './action-transitions';
import { ActionsStore } from './actions.store';

/** What a worker has to do. */
export type Work =
  | { kind: 'execute'; action: RequestedAction; entry: CatalogueEntry }
  | { kind: 'undo'; action: RequestedAction; entry: CatalogueEntry };

/** What a lease has beyond the longest call: for the database, and for a clock that is a little off. */
const LEASE_MARGIN_MS = 10_000;
/** Milliseconds between looks at whether an incident is resolved. */
const CHECK_EVERY_MS = 5_000;

/**
 * Takes what is due. Whatever a process that died had in hand shows when its lease ends: what may have had its effect becomes
 * `unknown`, and is never begun again.
 */
@Injectable()
export class ActionLeases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActionsStore,
    private readonly permits: ActionPermits,
    private readonly transitions: ActionTransitions,
    private readonly incidents: KnownIncidentsStore,
    private readonly clock: Clock,
  ) {}

  /** Takes up to `limit` actions that are due; those that need nothing but the passing of time are dealt with here. */
  async take(limit: number): Promise<Work[]> {
    const now = this.clock.now();
    const works: Work[] = [];
    for (const { id } of await this.store.due(this.dataSource.manager, now, limit)) {
      const work = await inTransaction(this.dataSource, (tx) => this.look(tx, id, now));
      if (work) works.push(work);
    }
    return works;
  }

  private async look(tx: EntityManager, id: string, now: Date): Promise<Work | null> {
    // Before anything is read: of those who begin or stop actions one does so after the other.
    await this.permits.lock(tx);
    const action = await this.store.find(tx, id);
    if (!action?.dueAt || action.dueAt > now) return null;
    const { executionStatus } = action;
    if (executionStatus === 'pending_approval')
      return this.pass(tx, action, { to: 'expired', by: AI, reason: 'nobody approved it in time' });
    if (executionStatus === 'approved') return this.begin(tx, action, now);
    if (executionStatus === 'executing') return this.pass(tx, action, this.permits.lost(action, now));
    if (executionStatus === 'succeeded') return this.check(tx, action, now);
    if (executionStatus === 'undoing') return this.takeBack(tx, action, now);
    throw new Error(`nothing is due for an action that is ${executionStatus}`);
  }

  private async begin(tx: EntityManager, action: RequestedAction, now: Date): Promise<Work | null> {
    const permit = await this.permits.permit(tx, action, now);
    if (permit.kind === 'wait') {
      await this.store.change(tx, action, { dueAt: permit.until, reason: permit.reason });
      return null;
    }
    if (permit.kind === 'refused') return this.pass(tx, action, permit.step);
    const { entry } = permit;
    const begun = await this.transitions.go(tx, action, {
      to: 'executing',
      by: AI,
      reason: action.approvedBy ? `approved by ${action.approvedBy}` : 'its record lets it run without a person',
      changes: {
        dryRun: false,
        leaseToken: newId(),
        dueAt: new Date(now.getTime() + entry.timeout_ms + LEASE_MARGIN_MS),
        attempts: action.attempts + 1,
        startedAt: action.startedAt ?? now,
      },
    });
    return begun && { kind: 'execute', action: begun, entry };
  }

  private async check(tx: EntityManager, action: RequestedAction, now: Date): Promise<Work | null> {
    const isCleared = action.incidentId !== null && (await this.incidents.isResolved(tx, action.incidentId));
    if (isCleared) return this.pass(tx, action, { to: 'checked', by: AI, reason: 'the incident is resolved' });
    if (action.checkUntil && now < action.checkUntil) {
      await this.store.change(tx, action, { dueAt: earlier(action.checkUntil, now.getTime() + CHECK_EVERY_MS) });
      return null;
    }
    return this.pass(tx, action, this.permits.unhelpful(action, now));
  }

  private async takeBack(tx: EntityManager, action: RequestedAction, now: Date): Promise<Work | null> {
    const entry = this.permits.entryOf(action);
    if (action.leaseToken !== null)
      return this.pass(tx, action, { to: 'undo_failed', by: AI, reason: 'nobody can tell whether it was taken back' });
    if (!entry)
      return this.pass(tx, action, {
        to: 'undo_failed',
        by: AI,
        reason: 'the action is not in the catalogue any more',
      });
    const changes = { leaseToken: newId(), dueAt: new Date(now.getTime() + entry.timeout_ms + LEASE_MARGIN_MS) };
    if (!(await this.store.change(tx, action, changes))) return null;
    return { kind: 'undo', action: { ...action, ...changes, revision: action.revision + 1 }, entry };
  }

  private async pass(tx: EntityManager, action: RequestedAction, step: Step): Promise<null> {
    await this.transitions.go(tx, action, step);
    return null;
  }
}

const earlier = (limit: Date, ms: number): Date => new Date(Math.min(limit.getTime(), ms));
