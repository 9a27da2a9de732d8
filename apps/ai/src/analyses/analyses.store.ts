import type { AnalysisState, ReportedAnalyses } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import { And, In, LessThan, LessThanOrEqual, MoreThan, type EntityManager, type FindOptionsWhere } from 'typeorm';
import type { PagePosition } from '../requests/page';
import { INCIDENT_OPENED, OPEN_STATES, type Analysis } from './analysis';
import { analysisEntity } from './analysis.entity';

/** Results are large: a week is read in parts. */
const REPORT_PAGE = 200;

/** Which analyses a list shows. */
export interface AnalysisFilter {
  incidentId?: string | null;
  alertId?: string | null;
  status?: AnalysisState | null;
}

/** What must still be true of an open analysis for a change to be written. */
export type Guard =
  /** Its worker has not lost it to another one, or to a callback. */
  | { leaseToken: string }
  /** A workflow in n8n was started for it, or is being started. */
  | { engine: 'n8n' };

/** Analyses. Every change of an open one is conditional, so that of two who compete only one writes. */
@Injectable()
export class AnalysesStore {
  /** Errors: a unique violation when the incident has an analysis with this trigger. */
  async insert(tx: EntityManager, analysis: Analysis): Promise<void> {
    await tx.insert(analysisEntity, analysis);
  }

  find(manager: EntityManager, id: string): Promise<Analysis | null> {
    return manager.findOneBy(analysisEntity, { id });
  }

  /** Whether the incident's opening has led to an analysis. */
  hasAutomatic(tx: EntityManager, incidentId: string): Promise<boolean> {
    return tx.existsBy(analysisEntity, { incidentId, triggerKey: INCIDENT_OPENED });
  }

  /** What ended in a time, and what became of the claims made in it. */
  async countsIn(manager: EntityManager, from: Date, to: Date): Promise<ReportedAnalyses> {
    const counts = { completed: 0, failed: 0, cancelled: 0, claims_kept: 0, claims_struck: 0 };
    let after = { completedAt: from, id: '' };
    for (;;) {
      const ended = await manager.find(analysisEntity, {
        select: { id: true, status: true, result: true, completedAt: true },
        where: [
          { completedAt: after.completedAt, id: MoreThan(after.id) },
          { completedAt: And(MoreThan(after.completedAt), LessThan(to)) },
        ],
        order: { completedAt: 'ASC', id: 'ASC' },
        take: REPORT_PAGE,
      });
      for (const { status, result } of ended) {
        if (status === 'completed' || status === 'failed' || status === 'cancelled') counts[status] += 1;
        for (const { verdict } of result?.claims ?? [])
          counts[verdict === 'kept' ? 'claims_kept' : 'claims_struck'] += 1;
      }
      const last = ended.at(-1);
      if (ended.length < REPORT_PAGE || !last) return counts;
      after = { completedAt: last.completedAt!, id: last.id };
    }
  }

  /** The newest one of an incident that came to a result. */
  lastCompleted(manager: EntityManager, incidentId: string): Promise<Analysis | null> {
    return manager.findOne(analysisEntity, { where: { incidentId, status: 'completed' }, order: { id: 'DESC' } });
  }

  /** Newest first, one more than asked for. */
  list(
    manager: EntityManager,
    { incidentId, alertId, status }: AnalysisFilter,
    { before, limit }: PagePosition,
  ): Promise<Analysis[]> {
    const where: FindOptionsWhere<Analysis> = {
      ...(incidentId ? { incidentId } : {}),
      ...(alertId ? { alertId } : {}),
      ...(status ? { status } : {}),
      ...(before ? { id: LessThan(before) } : {}),
    };
    return manager.find(analysisEntity, { where, order: { id: 'DESC' }, take: limit + 1 });
  }

  /** Analyses a worker should look at now, longest waiting first. */
  due(manager: EntityManager, now: Date, limit: number): Promise<Analysis[]> {
    return manager.find(analysisEntity, {
      where: { dueAt: LessThanOrEqual(now) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  /** Takes a due analysis as it was read; false when another worker or a callback was faster. */
  async claim(tx: EntityManager, seen: Analysis, changes: Partial<Analysis>): Promise<boolean> {
    const { id, dueAt } = seen;
    if (!dueAt) return false;
    const { affected } = await tx.update(analysisEntity, { id, dueAt, status: In([...OPEN_STATES]) }, changes);
    return affected === 1;
  }

  /** Writes to an open analysis whoever has it in hand; false when it is over. */
  async changeOpen(tx: EntityManager, id: string, changes: Partial<Analysis>): Promise<boolean> {
    const { affected } = await tx.update(analysisEntity, { id, status: In([...OPEN_STATES]) }, changes);
    return affected === 1;
  }

  /** Writes to an open analysis; false when the guard no longer holds. */
  async change(tx: EntityManager, id: string, guard: Guard, changes: Partial<Analysis>): Promise<boolean> {
    const { affected } = await tx.update(analysisEntity, { id, ...guard, status: In([...OPEN_STATES]) }, changes);
    return affected === 1;
  }
}
