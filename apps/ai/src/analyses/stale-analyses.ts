import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { letterOf } from '../dead-letters/dead-letter';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesStore } from './analyses.store';
import { isUnasked, type Analysis } from './analysis';
import { AnalysisAnnouncements } from './analysis-announcements';
import { STALE } from './engine-policy';

/**
 * Analyses that still wait when their incident is over: after an outage they would only keep those waiting that matter. They end
 * with a record and are not begun. What a person asked for is never among them.
 */
@Injectable()
export class StaleAnalyses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly incidents: KnownIncidentsStore,
    private readonly announcements: AnalysisAnnouncements,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  /** Those that nobody waits for any more. */
  async among(seen: readonly Analysis[]): Promise<Analysis[]> {
    const unasked = seen.filter((one) => one.status === 'pending' && one.incidentId !== null && isUnasked(one));
    const over = await this.incidents.resolvedAmong(
      this.dataSource.manager,
      unasked.map(({ incidentId }) => incidentId!),
    );
    return unasked.filter(({ incidentId }) => over.has(incidentId!));
  }

  /** Ends them as they were read; how many, since somebody else may have been faster. */
  async drop(seen: readonly Analysis[]): Promise<number> {
    if (seen.length === 0) return 0;
    const ended = await inTransaction(this.dataSource, async (tx) => {
      const dropped: Analysis[] = [];
      for (const one of seen) {
        const ended = await this.dropIn(tx, one, STALE);
        if (ended) dropped.push(ended);
      }
      return dropped;
    });
    this.count(ended);
    return ended.length;
  }

  /** Ends one as it was read, unless somebody else was faster; whoever commits it has to `count` what ended. */
  async dropIn(tx: EntityManager, seen: Analysis, reason: string): Promise<Analysis | null> {
    const now = this.clock.now();
    const changes = { status: 'cancelled', error: reason, leaseToken: null, dueAt: null, completedAt: now } as const;
    if (!(await this.store.claim(tx, seen, changes))) return null;
    const ended = { ...seen, ...changes };
    const letter = letterOf(seen, { kind: 'stale', reason, now });
    await this.announcements.announce(tx, { ended, decision: null, letter });
    return ended;
  }

  /** Called after commit. */
  count(dropped: readonly Analysis[]): void {
    for (const ended of dropped) {
      this.metrics.ended(ended);
      this.metrics.died('stale');
    }
  }
}
