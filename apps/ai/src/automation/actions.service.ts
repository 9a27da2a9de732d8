import {
  actionRequested,
  ServiceError,
  type ActionPage,
  type ActionView,
  type ListByIncident,
  type RequestAction,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, newId, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkFreeForm } from '../requests/free-form';
import { pageOf, pagePosition } from '../requests/page';
import { repeatsSince, requestKeys } from '../requests/request-key';
import { actionView, type RequestedAction } from './action';
import { ActionsStore } from './actions.store';

/** Takes requests for actions down. Each waits for approval and would be a dry run; nothing is executed. */
@Injectable()
export class ActionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActionsStore,
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The same request again within a minute answers the first one. Errors: `invalid` when `parameters` is too large. */
  async request(query: RequestAction): Promise<ActionView> {
    checkFreeForm(query.parameters, 'parameters');
    const now = this.clock.now();
    const keys = requestKeys(contentOf(query), now);
    const action = actionOf(query, keys[0], now);
    try {
      return await this.requestOnce(query, action, keys);
    } catch (error) {
      // Lost against the same request at the same time: that one's row is committed by now.
      if (!isUniqueViolation(error)) throw error;
      return this.requestOnce(query, action, keys);
    }
  }

  /** Errors: `not_found`. */
  async get(id: string): Promise<ActionView> {
    const action = await this.store.find(this.dataSource.manager, id);
    if (!action) throw new ServiceError('not_found', 'there is no such action');
    return actionView(action);
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ incident_id, alert_id, ...page }: ListByIncident): Promise<ActionPage> {
    const position = pagePosition(page);
    const found = await this.store.list(
      this.dataSource.manager,
      { incidentId: incident_id, alertId: alert_id },
      position,
    );
    return pageOf(found, position.limit, actionView);
  }

  private requestOnce({ actor }: RequestAction, action: RequestedAction, keys: readonly string[]): Promise<ActionView> {
    return inTransaction(this.dataSource, async (tx) => {
      const repeated = await this.store.findRepeated(tx, keys, repeatsSince(action.createdAt));
      if (repeated) return actionView(repeated);
      await this.store.insert(tx, action);
      const view = actionView(action);
      await this.outbox.add(tx, actionRequested, { action_id: action.id, action: view });
      await this.audit.record(tx, {
        actor,
        action: 'action.requested',
        resource_type: 'action',
        resource_id: action.id,
        after: view,
      });
      return view;
    });
  }
}

function actionOf(query: RequestAction, requestKey: string, now: Date): RequestedAction {
  return {
    id: newId(),
    requestKey,
    actionType: query.action_type,
    alertId: query.alert_id ?? null,
    incidentId: query.incident_id ?? null,
    target: query.target ?? null,
    parameters: query.parameters ?? null,
    executionStatus: 'pending_approval',
    dryRun: true,
    reason: 'waits for approval',
    requestedBy: query.actor.name,
    createdAt: now,
  };
}

function contentOf({ action_type, alert_id, target, parameters, actor }: RequestAction): unknown[] {
  return ['action', actor.id, action_type, alert_id, target, parameters];
}
