import { analysisCompleted, type Actor, type AnalysisView } from '@alertagent/contracts';
import { AuditLog, currentContext, Outbox, type AuditChange, type RequestContext } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { DeadLetter } from '../dead-letters/dead-letter';
import { DeadLettersStore } from '../dead-letters/dead-letters.store';
import type { StoredDecision } from '../decisions/decision';
import { WorkflowEvidenceStore } from '../evidence/workflow-evidence.store';
import { inContextOf } from '../requests/in-context-of';
import type { Analysis } from './analysis';
import { AnalysisViews } from './analysis-views';

/** An analysis that ended, and what is to be told about it. */
export interface Announcement {
  ended: Analysis;
  /** Null when it was cancelled: then nothing was found to decide on. */
  decision: StoredDecision | null;
  /** Somebody outside who ended it. */
  actor?: Actor;
  /** What its workflow never did. */
  letter?: DeadLetter;
  /** Of the request that ended it; the present one unless told. */
  context?: RequestContext;
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

  async announce(tx: EntityManager, announcement: Announcement): Promise<AnalysisView> {
    const [view] = await this.announceAll(tx, [announcement]);
    return view!;
  }

  /** The views of all, in their order. */
  async announceAll(tx: EntityManager, announcements: readonly Announcement[]): Promise<AnalysisView[]> {
    if (announcements.length === 0) return [];
    const ids = announcements.map(({ ended }) => ended.id);
    const usages = await this.views.usages(tx, ids);
    const told = announcements.map((one) => ({
      ...one,
      context: one.context ?? currentContext(),
      view: this.views.of(one.ended, one.decision, usages.get(one.ended.id)),
    }));
    for (const { letter } of told) if (letter) await this.letters.put(tx, letter);
    await this.evidence.dropAll(tx, ids);
    for (const one of told) await inContextOf(one, () => this.publish(tx, one.ended, one.view));
    const changes = told.flatMap(({ ended, actor, view, context }) =>
      actor ? [{ ...changeOf(ended, view, actor), correlation_id: context?.correlationId ?? null }] : [],
    );
    // Last: other changes of the service wait from here to the commit.
    if (changes.length > 0) await this.audit.recordAll(tx, changes);
    return told.map(({ view }) => view);
  }

  private async publish(tx: EntityManager, { incidentId }: Analysis, analysis: AnalysisView): Promise<void> {
    if (incidentId) await this.outbox.add(tx, analysisCompleted, { incident_id: incidentId, analysis });
  }
}

const changeOf = ({ id, status }: Analysis, after: AnalysisView, actor: Actor): AuditChange => ({
  actor,
  action: `analysis.${status}`,
  resource_type: 'analysis',
  resource_id: id,
  after,
});
