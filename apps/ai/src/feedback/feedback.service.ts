import {
  ServiceError,
  type AnalysisFeedbackPage,
  type AnalysisFeedbackView,
  type GiveAnalysisFeedback,
  type ListAnalysisFeedback,
  type WithdrawAnalysisFeedback,
} from '@alertagent/contracts';
import { AuditLog, Clock, inTransaction, isUniqueViolation, LostRaceError, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import { isOver, type Analysis } from '../analyses/analysis';
import { IncidentLessons } from '../lessons/incident-lessons';
import { pageOf, pagePosition } from '../requests/page';
import { feedbackScore, feedbackView, type Feedback } from './feedback';
import { FeedbackStore } from './feedback.store';

/** What people think of analyses. What they correct is learned from. */
@Injectable()
export class FeedbackService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: FeedbackStore,
    private readonly analyses: AnalysesStore,
    private readonly lessons: IncidentLessons,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Replaces what the same person said before. Errors: `not_found`; `conflict` before there is anything to judge. */
  async give({ analysis_id, rating, correction, actor }: GiveAnalysisFeedback): Promise<AnalysisFeedbackView> {
    return inTransaction(this.dataSource, async (tx) => {
      const analysis = await this.expect(tx, analysis_id);
      if (!isOver(analysis)) throw new ServiceError('conflict', 'the analysis is not over yet');
      const before = await this.store.of(tx, analysis_id, actor.id);
      const now = this.clock.now();
      const feedback: Feedback = {
        id: before?.id ?? newId(),
        analysisId: analysis_id,
        incidentId: analysis.incidentId,
        rating,
        correction: correction ?? null,
        personId: actor.id,
        person: actor.name,
        createdAt: before?.createdAt ?? now,
        updatedAt: now,
      };
      await this.write(tx, before, feedback);
      const after = feedbackView(feedback);
      await this.audit.record(tx, {
        actor,
        action: 'analysis.feedback_given',
        resource_type: 'analysis',
        resource_id: analysis_id,
        before: before && feedbackView(before),
        after,
      });
      await this.lessons.learn(tx, analysis.incidentId);
      return after;
    });
  }

  /** Takes back what the same person said. Errors: `not_found`. */
  async withdraw({ analysis_id, actor }: WithdrawAnalysisFeedback): Promise<void> {
    await inTransaction(this.dataSource, async (tx) => {
      const before = await this.store.of(tx, analysis_id, actor.id);
      if (!before) throw new ServiceError('not_found', 'you have not said anything about this analysis');
      await this.store.delete(tx, before);
      await this.audit.record(tx, {
        actor,
        action: 'analysis.feedback_withdrawn',
        resource_type: 'analysis',
        resource_id: analysis_id,
        before: feedbackView(before),
        after: null,
      });
      await this.lessons.learn(tx, before.incidentId);
    });
  }

  /** Newest first. Errors: `not_found`; `invalid` when the cursor is none of ours. */
  async list({ analysis_id, ...page }: ListAnalysisFeedback): Promise<AnalysisFeedbackPage> {
    const position = pagePosition(page);
    const { manager } = this.dataSource;
    await this.expect(manager, analysis_id);
    const found = await this.store.list(manager, analysis_id, position);
    const score = feedbackScore(await this.store.votesOn(manager, analysis_id));
    return { ...pageOf(found, position.limit, feedbackView), score };
  }

  private async expect(manager: EntityManager, id: string): Promise<Analysis> {
    const analysis = await this.analyses.find(manager, id);
    if (!analysis) throw new ServiceError('not_found', 'there is no such analysis');
    return analysis;
  }

  private async write(tx: EntityManager, before: Feedback | null, feedback: Feedback): Promise<void> {
    if (before) return this.store.update(tx, feedback);
    try {
      await this.store.insert(tx, feedback);
    } catch (error) {
      throw isUniqueViolation(error) ? new LostRaceError(error) : error;
    }
  }
}
