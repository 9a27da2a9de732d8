import type { AnalysisState, ReportedAnalyses } from '@alertagent/contracts';
import { Injectable } from '@nestjs/common';
import {
  And,
  In,
  IsNull,
  LessThan,
  LessThanOrEqual,
  MoreThan,
  Not,
  type EntityManager,
  type FindOptionsWhere,
} from 'typeorm';
import { LanesStore } from '../lanes/lanes.store';
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
  constructor(private readonly lanes: LanesStore) {}

  /** Errors: a unique violation when the incident has an analysis with this trigger. */
  async insert(tx: EntityManager, analysis: Analysis): Promise<void> {
    await this.lanes.ensure(tx, analysis.lane);
    await tx.insert(analysisEntity, analysis);
  }

  find(manager: EntityManager, id: string): Promise<Analysis | null> {
    return manager.findOneBy(analysisEntity, { id });
  }

  /** Whether there is still something to do. */
  isOpen(manager: EntityManager, id: string): Promise<boolean> {
    return manager.existsBy(analysisEntity, { id, status: In([...OPEN_STATES]) });
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

  /** Whether any worker has something to look at. */
  isAnyDue(manager: EntityManager, now: Date): Promise<boolean> {
    return manager.existsBy(analysisEntity, { dueAt: LessThanOrEqual(now) });
  }

  /** What is due in a lane, longest waiting first: with `processing` what was begun and came back, with `pending` what was not begun. */
  due(
    manager: EntityManager,
    lane: string,
    { status, until, limit }: { status: (typeof OPEN_STATES)[number]; until: Date; limit: number },
  ): Promise<Analysis[]> {
    return manager.find(analysisEntity, {
      where: { lane, status, dueAt: LessThanOrEqual(until) },
      order: { dueAt: 'ASC' },
      take: limit,
    });
  }

  /** Workflows of a lane that run in n8n or are being started, as far as anybody knows. */
  async running(tx: EntityManager, lane: string, now: Date): Promise<number> {
    const inTime = { lane, engine: 'n8n' as const, dueAt: MoreThan(now) };
    return tx.countBy(analysisEntity, [
      { ...inTime, status: 'processing' },
      { ...inTime, status: 'pending', leaseToken: Not(IsNull()) },
    ]);
  }

  /** An incident's analyses that nobody asked for and nobody has begun or has in hand. */
  waitingUnasked(tx: EntityManager, incidentId: string): Promise<Analysis[]> {
    const unasked = { triggerKey: INCIDENT_OPENED, replays: 0 };
    return tx.findBy(analysisEntity, { incidentId, ...unasked, status: 'pending', leaseToken: IsNull() });
  }

  /** Lets one that is over begin anew, as it was read; false when somebody else changed it. */
  async reopen(tx: EntityManager, { id, status, replays }: Analysis, changes: Partial<Analysis>): Promise<boolean> {
    const { affected } = await tx.update(analysisEntity, { id, status, replays }, changes);
    return affected === 1;
  }

  statesOf(manager: EntityManager, ids: readonly string[]): Promise<Pick<Analysis, 'id' | 'status' | 'replays'>[]> {
    const select = { id: true, status: true, replays: true };
    return manager.find(analysisEntity, { select, where: { id: In([...ids]) } });
  }

  /** Takes due analyses as they were read, all with the lease in `changes`; which of them, since another worker or a callback may have been faster. */
  async claimAll(
    tx: EntityManager,
    seen: readonly Analysis[],
    changes: Partial<Analysis> & { leaseToken: string },
  ): Promise<ReadonlySet<string>> {
    const ids = seen.map(({ id }) => id);
    const asRead = seen.map(({ id, dueAt }) => ({ id, dueAt: dueAt!, status: In([...OPEN_STATES]) }));
    const { affected } = await tx.createQueryBuilder().update(analysisEntity).set(changes).where(asRead).execute();
    if (affected === seen.length) return new Set(ids);
    const where = { id: In(ids), leaseToken: changes.leaseToken };
    return new Set((await tx.find(analysisEntity, { select: { id: true }, where })).map(({ id }) => id));
  }

  /** Writes to those of them that are still held under their lease. */
  async changeLeased(
    tx: EntityManager,
    held: readonly { id: string; leaseToken: string }[],
    changes: Partial<Analysis>,
  ): Promise<void> {
    const where = held.map(({ id, leaseToken }) => ({ id, leaseToken, status: In([...OPEN_STATES]) }));
    await tx.createQueryBuilder().update(analysisEntity).set(changes).where(where).execute();
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

  /** Deletes those of them that ended before then; how many there were. */
  async deleteEnded(tx: EntityManager, ids: readonly string[], before: Date): Promise<number> {
    const { affected } = await tx.delete(analysisEntity, { id: In([...ids]), completedAt: LessThan(before) });
    return affected ?? 0;
  }

  /** Writes to an open analysis; false when the guard no longer holds. */
  async change(tx: EntityManager, id: string, guard: Guard, changes: Partial<Analysis>): Promise<boolean> {
    const { affected } = await tx.update(analysisEntity, { id, ...guard, status: In([...OPEN_STATES]) }, changes);
    return affected === 1;
  }
}
