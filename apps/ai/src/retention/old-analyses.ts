import { AlertAgentConfig, Clock, LostRaceError } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { AnalysesStore } from '../analyses/analyses.store';
import { DecisionsStore } from '../decisions/decisions.store';
import { FeedbackStore } from '../feedback/feedback.store';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';

/** How judging looks back at least, as `AutonomyRecords` does. */
const LEAST_WINDOW = 10;
/** What is left to be done of actions in these states, besides what is due. */
const WAITING_ACTIONS = ['pending_approval', 'approved', 'executing', 'undoing'];

/** What was taken away together. */
export interface OldRemoved {
  analyses: number;
  decisions: number;
  dify_feedback: number;
}

/**
 * Analyses with what hangs on them, and incidents, that are old and that nothing rests on: no lesson in force that people's opinions still change, no
 * outcome that earned autonomy counts, no action or letter that waits.
 */
@Injectable()
export class OldAnalyses {
  private readonly window: number;

  constructor(
    private readonly analyses: AnalysesStore,
    private readonly decisions: DecisionsStore,
    private readonly feedback: FeedbackStore,
    private readonly incidents: KnownIncidentsStore,
    config: AlertAgentConfig,
    private readonly clock: Clock,
  ) {
    this.window = Math.max(LEAST_WINDOW, config.ai.automation.autonomy.window);
  }

  /** Deletes at most so many analyses that ended before then. Errors: LostRaceError when one was taken up again meanwhile. */
  async delete(tx: EntityManager, before: Date, limit: number): Promise<OldRemoved> {
    const ids = await this.unneeded(tx, before, limit);
    if (ids.length === 0) return { analyses: 0, decisions: 0, dify_feedback: 0 };
    const analyses = await this.analyses.deleteEnded(tx, ids, before);
    if (analyses !== ids.length)
      throw new LostRaceError(new Error('an old analysis was replayed or deleted meanwhile'));
    const decisions = await this.decisions.deleteOf(tx, ids);
    return { analyses, decisions, dify_feedback: await this.feedback.deleteOf(tx, ids) };
  }

  /** Deletes at most so many incidents that were over before then and that have no analysis any more; how many there were. */
  async deleteIncidents(tx: EntityManager, before: Date, limit: number): Promise<number> {
    const query = tx
      .createQueryBuilder('known_incidents', 'i')
      .select('i.id', 'id')
      .where('i.resolvedAt < :before', { before: before.getTime() })
      .andWhere('NOT EXISTS (SELECT 1 FROM ai_analysis_records a WHERE a.incident_id = i.id)');
    const ids = await this.withoutWork(query, 'i.id', limit);
    return ids.length === 0 ? 0 : this.incidents.delete(tx, ids);
  }

  private unneeded(tx: EntityManager, before: Date, limit: number): Promise<string[]> {
    const query = tx
      .createQueryBuilder('ai_analysis_records', 'a')
      .select('a.id', 'id')
      .leftJoin('known_incidents', 'i', 'i.id = a.incidentId')
      .where('a.completedAt < :before', { before: before.getTime() })
      .andWhere('(i.id IS NULL OR i.resolvedAt < :before)')
      .andWhere('NOT EXISTS (SELECT 1 FROM dead_letters l WHERE l.analysis_id = a.id)')
      .andWhere('NOT EXISTS (SELECT 1 FROM analysis_feedback f WHERE f.analysis_id = a.id AND f.updated_at >= :before)')
      .andWhere('NOT EXISTS (SELECT 1 FROM dify_feedback d WHERE d.analysis_id = a.id AND d.due_at >= :before)')
      .andWhere(
        `NOT EXISTS (SELECT 1 FROM action_suggestions s WHERE s.analysis_id = a.id AND s.shown_at IS NOT NULL AND (
          SELECT COUNT(*) FROM action_suggestions n WHERE n.rule = s.rule AND n.action_type = s.action_type AND n.shown_at > s.shown_at
        ) < :window)`,
        { window: this.window },
      );
    return this.withoutWork(query, 'a.incident_id', limit);
  }

  /** Those of whose incident no action is under way and no lesson in force. */
  private async withoutWork<T extends ObjectLiteral>(
    query: SelectQueryBuilder<T>,
    incidentId: string,
    limit: number,
  ): Promise<string[]> {
    const key =
      query.connection.options.type !== 'better-sqlite3'
        ? `CONCAT('incident:', ${incidentId})`
        : `'incident:' || ${incidentId}`;
    const found = await query
      .andWhere(
        `NOT EXISTS (SELECT 1 FROM automation_actions w WHERE w.incident_id = ${incidentId} AND (w.due_at IS NOT NULL OR w.execution_status IN (:...waiting)))`,
        { waiting: WAITING_ACTIONS },
      )
      .andWhere(
        `NOT EXISTS (SELECT 1 FROM knowledge_documents k WHERE k.source_key = ${key} AND k.deleted_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > :now))`,
        { now: this.clock.now().getTime() },
      )
      .limit(limit)
      .getRawMany<{ id: string }>();
    return found.map(({ id }) => id);
  }
}
