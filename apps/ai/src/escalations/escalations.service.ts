import type { Escalate, EscalationPage, EscalationView, ListByIncident } from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { checkFreeForm } from '../requests/free-form';
import { pageOf, pagePosition } from '../requests/page';
import { repeatsSince, requestKeys } from '../requests/request-key';
import { escalationView, type Escalation } from './escalation';
import { EscalationsStore } from './escalations.store';

/** Calls for people that come from outside, and the list of all. */
@Injectable()
export class EscalationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: EscalationsStore,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The same request again within a minute answers the first escalation. Errors: `invalid` when `analysis` is too large. */
  async escalate(query: Escalate): Promise<EscalationView> {
    checkFreeForm(query.analysis, 'analysis');
    const escalation = this.escalationOf(query);
    try {
      return await this.storeOnce(query, escalation);
    } catch (error) {
      // Lost against the same request at the same time: that one's row is committed by now.
      if (!isUniqueViolation(error)) throw error;
      return this.storeOnce(query, escalation);
    }
  }

  /** Newest first. Errors: `invalid` when the cursor is none of ours. */
  async list({ incident_id, alert_id, ...page }: ListByIncident): Promise<EscalationPage> {
    const position = pagePosition(page);
    const filter = { incidentId: incident_id, alertId: alert_id };
    const found = await this.store.list(this.dataSource.manager, filter, position);
    return pageOf(found, position.limit, escalationView);
  }

  private storeOnce(query: Escalate, escalation: Escalation): Promise<EscalationView> {
    const { createdAt } = escalation;
    const keys = requestKeys(contentOf(query), createdAt);
    return inTransaction(this.dataSource, async (tx) => {
      const repeated = await this.store.findRepeated(tx, keys, repeatsSince(createdAt));
      if (repeated) return escalationView(repeated);
      await this.store.raise(tx, escalation);
      const view = escalationView(escalation);
      await this.audit.record(tx, {
        actor: query.actor,
        action: 'escalation.raised',
        resource_type: 'escalation',
        resource_id: escalation.id,
        after: { ...view, analysis: undefined },
      });
      return view;
    });
  }

  private escalationOf(query: Escalate): Escalation {
    const now = this.clock.now();
    const [requestKey] = requestKeys(contentOf(query), now);
    return {
      id: newId(),
      requestKey,
      alertId: query.alert_id,
      incidentId: query.incident_id ?? null,
      escalationType: query.escalation_type ?? 'manual',
      targetTeam: query.target_team ?? null,
      priority: query.priority ?? 'high',
      reason: query.reason ?? null,
      analysis: query.analysis ?? null,
      requestedBy: query.actor.name,
      createdAt: now,
    };
  }
}

function contentOf({ alert_id, escalation_type, target_team, priority, reason, analysis, actor }: Escalate): unknown[] {
  return ['escalate', actor.id, alert_id, escalation_type, target_team, priority, reason, analysis];
}
