import { mayGo } from '@alertagent/alerting';
import { ServiceError, type ActionView, type Actor, type DecideAction, type SettleAction } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { actionView, type RequestedAction } from './action';
import { ApprovalGate } from './approval-gate';
import { ActionTransitions, type Step } from './action-transitions';
import { ActionsStore } from './actions.store';
import { Catalogue } from './catalogue';
import { conflict } from './conflict';

/** What people say about requests. */
@Injectable()
export class ActionVerdicts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActionsStore,
    private readonly transitions: ActionTransitions,
    private readonly gate: ApprovalGate,
    private readonly catalogue: Catalogue,
    private readonly clock: Clock,
  ) {}

  /**
   * Errors: `not_found`; `forbidden` when who asked for it wants to approve it; `conflict` when the request does not wait for this
   * verdict, is not what was read, or came too late.
   */
  async decide({ id, verdict, approval_hash, comment, actor }: DecideAction): Promise<ActionView> {
    return this.change(id, async (tx, action) => {
      if (approval_hash && approval_hash !== action.approvalHash)
        throw conflict('changed', 'the request is not what was read');
      const reason = comment ? `${actor.name}: ${comment}` : undefined;
      switch (verdict) {
        case 'approve':
          return this.gate.approve(tx, action, { actor, reason });
        case 'reject':
          return { to: 'rejected', by: actor, reason: reason ?? `rejected by ${actor.name}` };
        case 'cancel':
          return { to: 'cancelled', by: actor, reason: reason ?? `withdrawn by ${actor.name}` };
        case 'undo':
          return this.undo(action, actor, reason);
      }
    });
  }

  /** Errors: `not_found`; `conflict` when it is known what became of it. */
  async settle({ id, outcome, comment, actor }: SettleAction): Promise<ActionView> {
    return this.change(id, async (_tx, action) => {
      if (action.executionStatus !== 'unknown')
        throw conflict('not_unknown', `it is known: the request is ${action.executionStatus}`);
      return {
        to: outcome,
        by: actor,
        reason: `${actor.name}: ${comment}`,
        changes: { finishedAt: action.finishedAt ?? this.clock.now() },
      };
    });
  }

  private undo(action: RequestedAction, by: Actor, reason: string | undefined): Step {
    const entry = this.catalogue.entries.get(action.actionType);
    if (!entry?.can_undo) throw conflict('no_undo', 'this action cannot be taken back');
    return { to: 'undoing', by, reason: reason ?? `taken back by ${by.name}`, changes: { dueAt: this.clock.now() } };
  }

  private change(
    id: string,
    decide: (tx: EntityManager, action: RequestedAction) => Promise<Step | 'done'>,
  ): Promise<ActionView> {
    return inTransaction(this.dataSource, async (tx) => {
      const action = await this.store.find(tx, id);
      if (!action) throw new ServiceError('not_found', 'there is no such action');
      const step = await decide(tx, action);
      if (step === 'done') return actionView(action);
      if (!mayGo(action.executionStatus, step.to))
        throw conflict('wrong_state', `the request is ${action.executionStatus}; that is not possible now`);
      const changed = await this.transitions.go(tx, action, step);
      // Lost against somebody at the same time, who is told to have won.
      if (!changed) throw conflict('overtaken', 'somebody else decided at the same moment; look at the request again');
      return actionView(changed);
    });
  }
}
