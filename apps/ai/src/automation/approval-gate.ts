import { ServiceError, type Actor } from '@alertagent/contracts';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RequestedAction } from './action';
import type { Step } from './action-transitions';
import { Catalogue } from './catalogue';
import { conflict } from './conflict';
import { KillSwitchesStore } from './kill-switches.store';

/** Whether an approval counts. */
@Injectable()
export class ApprovalGate {
  constructor(
    private readonly switches: KillSwitchesStore,
    private readonly catalogue: Catalogue,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {}

  /** The step, or `done` when the same person had approved it: a double click. Errors: as `ActionVerdicts.decide`. */
  async approve(
    tx: EntityManager,
    action: RequestedAction,
    { actor, reason }: { actor: Actor; reason: string | undefined },
  ): Promise<Step | 'done'> {
    if (action.approvedById === actor.id) return 'done';
    if (action.executionStatus === 'planned')
      throw conflict('dry_run', 'this is a dry run; ask for the action with dry_run false');
    if (action.executionStatus !== 'pending_approval')
      throw conflict('wrong_state', `the request is ${action.executionStatus}; it waits for no approval`);
    if (isSamePerson(action, actor)) {
      const detail = 'a second person must approve: not the one who asked for it';
      throw new ServiceError('forbidden', detail, { errors: [{ pointer: '', code: 'same_person', detail }] });
    }
    const now = this.clock.now();
    if (!action.expiresAt || action.expiresAt <= now)
      throw conflict('expired', 'nobody approved it in time; ask for it again');
    if (await this.switches.isStopped(tx, action.actionType)) throw conflict('kill_switch', 'the kill switch is on');
    if (action.approvalHash === null || action.approvalHash !== this.hashNow(action))
      throw conflict('changed', 'the catalogue describes this action differently by now; ask for it again');
    const expiresAt = new Date(now.getTime() + this.config.ai.automation.begin_within);
    return {
      to: 'approved',
      by: actor,
      reason: reason ?? `approved by ${actor.name}`,
      changes: { approvedBy: actor.name, approvedById: actor.id, dryRun: false, dueAt: now, expiresAt },
    };
  }

  /** What the approval would be for now. */
  hashNow({ actionType, target, parameters, incidentId, alertId }: RequestedAction): string | null {
    if (!target) return null;
    return this.catalogue.hashOf(actionType, {
      target,
      parameters: parameters ?? {},
      incident_id: incidentId,
      alert_id: alertId,
    });
  }
}

/** One person may hold several tokens of one name; a request of the service itself was made by nobody. */
function isSamePerson({ requestedBy, requestedById }: RequestedAction, actor: Actor): boolean {
  return requestedById === null || requestedById === actor.id || requestedBy === actor.name;
}
