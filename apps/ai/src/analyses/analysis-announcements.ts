import { analysisCompleted, type Actor, type AnalysisView } from '@alertagent/contracts';
import { AuditLog, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { StoredDecision } from '../decisions/decision';
import type { Analysis } from './analysis';
import { AnalysisViews } from './analysis-views';

/** Tells that an analysis ended: the other services, and the audit record when somebody outside ended it. */
@Injectable()
export class AnalysisAnnouncements {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly views: AnalysisViews,
  ) {}

  /** Without a decision when it was cancelled: then nothing was found to decide on. */
  async announce(
    tx: EntityManager,
    { ended, decision, actor }: { ended: Analysis; decision: StoredDecision | null; actor?: Actor },
  ): Promise<AnalysisView> {
    const view = this.views.of(ended, decision);
    if (ended.incidentId)
      await this.outbox.add(tx, analysisCompleted, { incident_id: ended.incidentId, analysis: view });
    if (actor) {
      await this.audit.record(tx, {
        actor,
        action: `analysis.${ended.status}`,
        resource_type: 'analysis',
        resource_id: ended.id,
        after: view,
      });
    }
    return view;
  }
}
