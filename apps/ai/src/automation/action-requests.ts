import { checkRequest } from '@alertagent/alerting';
import { ServiceError, type ActionView, type RequestAction } from '@alertagent/contracts';
import { Clock, inTransaction, isUniqueViolation } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkFreeForm } from '../requests/free-form';
import { repeatsSince, requestKeys } from '../requests/request-key';
import { actionView } from './action';
import { ActionRecord, type AllowedRequest } from './action-record';
import { ActionsStore } from './actions.store';
import { Catalogue } from './catalogue';

/** Takes requests for actions down: checked against the catalogue, with a plan of what would be done. Nothing is done here. */
@Injectable()
export class ActionRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ActionsStore,
    private readonly catalogue: Catalogue,
    private readonly record: ActionRecord,
    private readonly clock: Clock,
  ) {}

  /**
   * The same request again within a minute answers the first one; another parameter makes another request. Errors: `invalid`, with
   * a pointer, for what the catalogue does not allow.
   */
  async request(query: RequestAction): Promise<ActionView> {
    checkFreeForm(query.parameters, 'parameters');
    const allowed = this.allowed(query);
    const keys = requestKeys(contentOf(query, allowed), this.clock.now());
    try {
      return await this.once(allowed, keys);
    } catch (error) {
      // Lost against the same request at the same time: that one's row is committed by now.
      if (!isUniqueViolation(error)) throw error;
      return this.once(allowed, keys);
    }
  }

  private once(allowed: AllowedRequest, keys: readonly [string, string]): Promise<ActionView> {
    return inTransaction(this.dataSource, async (tx) => {
      const repeated = await this.store.findRepeated(tx, keys, repeatsSince(this.clock.now()));
      return actionView(repeated ?? (await this.record.add(tx, allowed, keys[0])));
    });
  }

  private allowed(query: RequestAction): AllowedRequest {
    const entry = this.catalogue.get(query.action_type);
    const labels = query.alert_labels ?? {};
    const alert = query.cluster_name || query.alert_labels ? { cluster: query.cluster_name ?? null, labels } : null;
    const wish = {
      target: query.target ?? null,
      parameters: (query.parameters ?? null) as Record<string, unknown> | null,
    };
    const { request, problems } = checkRequest(entry, wish, alert);
    const [first] = problems;
    if (first)
      throw new ServiceError('invalid', `${first.pointer}: ${first.detail}`.slice(0, 200), { errors: problems });
    return {
      ...request,
      entry,
      alert,
      alertId: query.alert_id ?? null,
      incidentId: query.incident_id ?? null,
      actor: query.actor,
      origin: 'request',
      suggestionId: null,
      isPlanOnly: query.dry_run === true,
      dryRun: query.dry_run !== false,
      reason: query.reason ?? 'waits for approval',
    };
  }
}

function contentOf({ actor, dry_run }: RequestAction, allowed: AllowedRequest): unknown[] {
  const { entry, target, parameters, alertId } = allowed;
  return ['action', actor.id, entry.id, alertId, target, parameters, dry_run ?? null];
}
