import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { letterOf } from '../dead-letters/dead-letter';
import { KnownIncidentsStore } from '../incidents/known-incidents.store';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesStore } from './analyses.store';
import { isUnasked, type Analysis } from './analysis';
import { AnalysisAnnouncements } from './analysis-announcements';

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

  async isStale(seen: Analysis): Promise<boolean> {
    if (seen.status !== 'pending' || !seen.incidentId || !isUnasked(seen)) return false;
    return this.incidents.isResolved(this.dataSource.manager, seen.incidentId);
  }

  /** Ends one as it was read, unless somebody else was faster. */
  async drop(seen: Analysis, reason: string): Promise<void> {
    const ended = await inTransaction(this.dataSource, (tx) => this.dropIn(tx, seen, reason));
    if (ended) this.count([ended]);
  }

  /** As `drop`, in a transaction; whoever commits it has to `count` what ended. */
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
