import { mayRunAlone, type CatalogueEntry } from '@alertagent/alerting';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { AutonomyRecords } from '../suggestions/autonomy-records';
import type { RequestedAction } from './action';
import { AI, type Step } from './action-transitions';
import { ActionsStore } from './actions.store';
import { ApprovalGate } from './approval-gate';
import { Catalogue } from './catalogue';
import { KillSwitchesStore } from './kill-switches.store';

/** Whether an action may begin now. */
export type Permit =
  | { kind: 'granted'; entry: CatalogueEntry }
  /** A cap is reached. */
  | { kind: 'wait'; until: Date; reason: string }
  | { kind: 'refused'; step: Step };

/** Milliseconds until a cap is looked at again. */
const CAP_PAUSE_MS = 5_000;
/** How often what is provably done once may be begun. */
const MAX_ATTEMPTS = 3;

/** The last look before an effect: every gate once more, in the transaction that begins it. */
@Injectable()
export class ActionPermits {
  constructor(
    private readonly store: ActionsStore,
    private readonly switches: KillSwitchesStore,
    private readonly gate: ApprovalGate,
    private readonly records: AutonomyRecords,
    private readonly incidents: KnownIncidentsStore,
    private readonly catalogue: Catalogue,
  ) {}

  /** See `KillSwitchesStore.lock`. */
  lock(tx: EntityManager): Promise<void> {
    return this.switches.lock(tx);
  }

  entryOf({ actionType }: RequestedAction): CatalogueEntry | undefined {
    return this.catalogue.entries.get(actionType);
  }

  /** The caller holds the lock. */
  async permit(tx: EntityManager, action: RequestedAction, now: Date): Promise<Permit> {
    const entry = this.entryOf(action);
    if (!entry || action.approvalHash === null || this.gate.hashNow(action) !== action.approvalHash)
      return cancelled('the catalogue describes this action differently by now');
    if (await this.switches.isStopped(tx, action.actionType)) return cancelled('stopped by the kill switch');
    if (!(await this.isAllowed(tx, action, entry)))
      return cancelled('nobody approved it, and its record lets it run without a person no longer');
    if (!action.expiresAt || action.expiresAt <= now)
      return refused({ to: 'expired', by: AI, reason: `it could not begin in time: ${action.reason ?? ''}` });
    if (action.incidentId !== null && (await this.incidents.isResolved(tx, action.incidentId)))
      return cancelled('the incident is resolved already');
    const [closed] = await this.store.closedCaps(tx, action, { entry, now });
    if (closed)
      return { kind: 'wait', until: new Date(now.getTime() + CAP_PAUSE_MS), reason: `waits: ${closed} is reached` };
    return { kind: 'granted', entry };
  }

  /** What a process that died in the middle leaves behind. */
  lost(action: RequestedAction, now: Date): Step {
    return this.unsure(action, { error: 'the process that carried it out was lost', now });
  }

  /** Nobody knows whether it had its effect. Only what the target does once for one key may be begun again. */
  unsure(action: RequestedAction, { error, now }: { error: string; now: Date }): Step {
    const isOnce = this.entryOf(action)?.is_idempotent ?? false;
    if (isOnce && action.attempts < MAX_ATTEMPTS) {
      const reason = `${error}; it is asked for again with the same key`;
      return {
        to: 'approved',
        by: AI,
        reason,
        changes: { errorMessage: error, dueAt: new Date(now.getTime() + CAP_PAUSE_MS) },
      };
    }
    const reason = `${error}: nobody can tell whether it had its effect`;
    return { to: 'unknown', by: AI, reason, changes: { errorMessage: error, finishedAt: now } };
  }

  /** The check did not hold in time. */
  unhelpful(action: RequestedAction, now: Date): Step {
    const reason = 'the incident was not resolved in time';
    if (this.entryOf(action)?.can_undo)
      return { to: 'undoing', by: AI, reason: `${reason}; it is taken back`, changes: { dueAt: now }, escalates: true };
    return { to: 'check_failed', by: AI, reason };
  }

  private async isAllowed(tx: EntityManager, action: RequestedAction, entry: CatalogueEntry): Promise<boolean> {
    if (action.approvedById !== null) return true;
    if (action.origin !== 'autonomy' || action.suggestionId === null) return false;
    const is_earned = await this.records.isEarnedBySuggestion(tx, action.suggestionId);
    return mayRunAlone({ entry, is_earned, is_autonomy_on: this.catalogue.isAutonomyOn });
  }
}

const cancelled = (reason: string): Permit => refused({ to: 'cancelled', by: AI, reason });
const refused = (step: Step): Permit => ({ kind: 'refused', step });
