import { analysisCompleted, type Actor, type AnalysisView } from '@alertagent/contracts';
import { AuditLog, Outbox } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DeadLetter } from '../dead-letters/dead-letter';
import { DeadLettersStore } from '../dead-letters/dead-letters.store';
import type { StoredDecision } from '../decisions/decision';
import { WorkflowEvidenceStore } from '../evidence/workflow-evidence.store';
import type { Analysis } from './analysis';
import { AnalysisViews } from './analysis-views';

interface Announcement {
  ended: Analysis;
  /** Null when it was cancelled: then nothing was found to decide on. */
  decision: StoredDecision | null;
  /** Somebody outside who ended it. */
  actor?: Actor;
  /** What its workflow never did. */
  letter?: DeadLetter;
}

/** Tells that an analysis ended: the other services, the audit record when somebody outside ended it, and people when its workflow did nothing. */
@Injectable()
export class AnalysisAnnouncements {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditLog,
    private readonly views: AnalysisViews,
    private readonly letters: DeadLettersStore,
    private readonly evidence: WorkflowEvidenceStore,
  ) {}

  async announce(tx: EntityManager, { ended, decision, actor, letter }: Announcement): Promise<AnalysisView> {
    const usages = await this.views.usages(tx, [ended.id]);
    const view = this.views.of(ended, decision, usages.get(ended.id));
    if (letter) await this.letters.put(tx, letter);
    await this.evidence.drop(tx, ended.id);
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
