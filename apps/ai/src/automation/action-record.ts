import { createHash } from 'node:crypto';
import { planOf, targetKey, type AlertFacts, type CatalogueEntry, type CheckedRequest } from '@alertagent/alerting';
import { actionRequested, type Actor } from '@alertagent/contracts';
import { AlertAgentConfig, AuditLog, Clock, newId, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { actionView, type ActionOrigin, type RequestedAction } from './action';
import { ActionsStore } from './actions.store';
import { Catalogue } from './catalogue';

/** A request that the catalogue allows. */
export interface AllowedRequest extends CheckedRequest {
  entry: CatalogueEntry;
  alert: AlertFacts | null;
  alertId: string | null;
  incidentId: string | null;
  actor: Actor;
  origin: ActionOrigin;
  suggestionId: string | null;
  /** Only worked out, never done. */
  isPlanOnly: boolean;
  dryRun: boolean;
  reason: string;
}

/** Writes requests down. */
@Injectable()
export class ActionRecord {
  constructor(
    private readonly store: ActionsStore,
    private readonly catalogue: Catalogue,
    private readonly config: AlertAgentConfig,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Errors: a unique violation when a request with this key is stored already. */
  async add(tx: EntityManager, allowed: AllowedRequest, requestKey: string): Promise<RequestedAction> {
    const action = this.actionOf(allowed, requestKey);
    await this.store.insert(tx, action);
    const view = actionView(action);
    await this.outbox.add(tx, actionRequested, { action_id: action.id, action: view });
    await this.audit.record(tx, {
      actor: allowed.actor,
      action: 'action.requested',
      resource_type: 'action',
      resource_id: action.id,
      after: view,
    });
    return action;
  }

  private actionOf(allowed: AllowedRequest, requestKey: string): RequestedAction {
    const { entry, target, parameters, alertId, incidentId, actor, isPlanOnly } = allowed;
    const now = this.clock.now();
    const { approval_within, begin_within } = this.config.ai.automation;
    // Without a person nothing is waited for: the worker looks at the gates once more before it begins.
    const isAlone = allowed.origin === 'autonomy';
    const expiresAt = new Date(now.getTime() + (isAlone ? begin_within : approval_within));
    const status = isPlanOnly ? 'planned' : isAlone ? 'approved' : 'pending_approval';
    const reason = isPlanOnly ? 'a dry run: nothing is done' : allowed.reason;
    return {
      id: newId(),
      requestKey,
      revision: 0,
      actionType: entry.id,
      alertId,
      incidentId,
      target,
      parameters,
      executionStatus: status,
      dryRun: allowed.dryRun,
      reason,
      origin: allowed.origin,
      suggestionId: allowed.suggestionId,
      requestedBy: actor.name,
      requestedById: actor.id,
      cluster: target.cluster,
      targetKey: createHash('sha256').update(targetKey(target)).digest('hex'),
      plan: planOf(entry, allowed, allowed.alert),
      approvalHash: this.catalogue.hashOf(entry.id, { target, parameters, incident_id: incidentId, alert_id: alertId }),
      approvedBy: null,
      approvedById: null,
      expiresAt: isPlanOnly ? null : expiresAt,
      leaseToken: null,
      dueAt: isPlanOnly ? null : isAlone ? now : expiresAt,
      attempts: 0,
      executionResult: null,
      errorMessage: null,
      startedAt: null,
      finishedAt: null,
      checkUntil: null,
      steps: [{ status, at: now.getTime(), by: actor.name, reason }],
      createdAt: now,
      updatedAt: now,
    };
  }
}
