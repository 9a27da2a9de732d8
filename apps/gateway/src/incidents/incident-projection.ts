import type { AnalysisView, DecisionView, EscalationView } from '@alertagent/contracts';
import { Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AlertsStore } from '../alerts/alerts.store';
import { IncidentEscalation } from './incident-escalation.entity';
import type { IncidentMoment } from './incident-timeline';
import { IncidentTimelineStore } from './incident-timeline.store';
import { Incident } from './incident.entity';

/** Shows with an incident what the ai service found and decided about it. Facts may arrive late, twice or for unknown incidents. */
@Injectable()
export class IncidentProjection {
  constructor(
    private readonly clock: Clock,
    private readonly alerts: AlertsStore,
    private readonly timelines: IncidentTimelineStore,
  ) {}

  async analysed(tx: EntityManager, incidentId: string, analysis: AnalysisView): Promise<void> {
    const at = Date.parse(analysis.completed_at ?? analysis.created_at);
    const result = await tx
      .createQueryBuilder()
      .update(Incident)
      .set({ analysis, analysis_at: at })
      // One that was cancelled found nothing, so it does not take the place of one that did.
      .where(
        analysis.status === 'cancelled'
          ? 'id = :incidentId AND analysis_at IS NULL'
          : 'id = :incidentId AND (analysis_at IS NULL OR analysis_at <= :at)',
        { incidentId, at },
      )
      .execute();
    if (!result.affected) return;
    const who = analysis.result?.analyst ?? analysis.engine ?? 'the workflow';
    const why =
      analysis.status === 'completed'
        ? `analysed by ${who}: ${analysis.result?.root_cause ?? 'no cause given'}`
        : `the analysis ${analysis.status === 'cancelled' ? 'was cancelled' : 'failed'}: ${analysis.error ?? 'no reason given'}`;
    await this.note(tx, { incidentId, at, kind: 'analysis', why, alertId: analysis.alert_id });
  }

  async decided(tx: EntityManager, decision: DecisionView): Promise<void> {
    const at = Date.parse(decision.decided_at);
    const incidentId = decision.incident_id;
    const result = await tx
      .createQueryBuilder()
      .update(Incident)
      .set({ decision, decision_at: at })
      .where('id = :incidentId AND (decision_at IS NULL OR decision_at <= :at)', { incidentId, at })
      .execute();
    if (!result.affected) return;
    const why = `${decision.action}, priority ${decision.priority}: ${decision.reason}`;
    await this.note(tx, { incidentId, at, kind: 'decision', why, alertId: null });
  }

  async escalated(tx: EntityManager, escalation: EscalationView): Promise<void> {
    const incidentId = await this.incidentOf(tx, escalation);
    if (incidentId === null) return;
    const at = Date.parse(escalation.created_at);
    const known = await tx.countBy(IncidentEscalation, { id: escalation.id });
    if (known > 0) return;
    await tx.insert(IncidentEscalation, { id: escalation.id, incident_id: incidentId, created_at: at, escalation });
    const to = escalation.target_team ? ` to ${escalation.target_team}` : '';
    const why = `escalated${to} by ${escalation.requested_by}: ${escalation.reason ?? escalation.escalation_type}`;
    await this.note(tx, { incidentId, at, kind: 'escalation', why, alertId: escalation.alert_id });
  }

  /** An escalation may name only an alert. */
  private async incidentOf(tx: EntityManager, { incident_id, alert_id }: EscalationView): Promise<string | null> {
    if (incident_id) return (await tx.existsBy(Incident, { id: incident_id })) ? incident_id : null;
    return this.alerts.incidentOf(tx, alert_id);
  }

  private async note(
    tx: EntityManager,
    entry: { incidentId: string; at: number; kind: IncidentMoment; why: string; alertId: string | null },
  ): Promise<void> {
    const at = Number.isNaN(entry.at) ? this.clock.now().getTime() : entry.at;
    await this.timelines.add(tx, {
      incident_id: entry.incidentId,
      at,
      kind: entry.kind,
      why: entry.why,
      alert_id: entry.alertId,
    });
  }
}
