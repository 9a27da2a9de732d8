import { createHash } from 'node:crypto';
import type { ActionState } from '@alertagent/alerting';
import { actionChanged, type Actor } from '@alertagent/contracts';
import { AuditLog, newId, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EscalationsStore } from '../escalations/escalations.store';
import { actionView, type RequestedAction } from './action';
import { AutomationMetrics } from './automation.metrics';

/** States in which a person must look: something went wrong that nothing here can mend. */
const FOR_PEOPLE: ReadonlySet<ActionState> = new Set(['unknown', 'failed', 'check_failed', 'undo_failed']);

/** Tells of a step: the other services, the audit record, the metrics and, where a person must look, people. */
@Injectable()
export class ActionAnnouncements {
  constructor(
    private readonly escalations: EscalationsStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly metrics: AutomationMetrics,
  ) {}

  async announce(
    tx: EntityManager,
    {
      before,
      action,
      step,
    }: { before: RequestedAction; action: RequestedAction; step: { by: Actor; escalates?: boolean } },
  ): Promise<void> {
    const status = action.executionStatus;
    const view = actionView(action);
    await this.outbox.add(tx, actionChanged, { action_id: action.id, action: view });
    await this.audit.record(tx, {
      actor: step.by,
      action: `action.${status}`,
      resource_type: 'action',
      resource_id: action.id,
      before: { execution_status: before.executionStatus },
      after: view,
    });
    if (FOR_PEOPLE.has(status) || step.escalates) await this.raise(tx, action);
    this.metrics.went(status);
  }

  private raise(tx: EntityManager, action: RequestedAction): Promise<void> {
    return this.escalations.raise(tx, {
      id: newId(),
      requestKey: createHash('sha256').update(`action ${action.id} ${action.revision}`).digest('hex'),
      alertId: action.alertId ?? action.incidentId ?? action.id,
      incidentId: action.incidentId,
      escalationType: `action_${action.executionStatus}`,
      targetTeam: null,
      priority: action.executionStatus === 'failed' ? 'medium' : 'high',
      reason: `${action.actionType}: ${action.reason ?? ''}`,
      analysis: { action_id: action.id, plan: action.plan, error_message: action.errorMessage },
      requestedBy: 'automation',
      createdAt: action.updatedAt ?? action.createdAt,
    });
  }
}
