import { ServiceError, type AnalysisView, type CancelAnalysis } from '@alertagent/contracts';
import { Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesService } from './analyses.service';
import { AnalysesStore } from './analyses.store';
import type { Analysis } from './analysis';
import { AnalysisAnnouncements } from './analysis-announcements';

/**
 * Ends analyses that nobody needs any more, without a decision. The worker that has one in hand loses its lease by it, so
 * that whatever a provider still answers changes nothing.
 */
@Injectable()
export class AnalysisCancellation {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly analyses: AnalysesService,
    private readonly announcements: AnalysisAnnouncements,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  /** Errors: `not_found`; `conflict` when it is over otherwise. Who cancels twice gets the same answer twice. */
  async cancel({ analysis_id: id, reason, actor }: CancelAnalysis): Promise<AnalysisView> {
    const cancelled = await inTransaction(this.dataSource, async (tx) => {
      const changes = {
        status: 'cancelled' as const,
        error: reason ? `by ${actor.name}: ${reason}` : `by ${actor.name}`,
        leaseToken: null,
        dueAt: null,
        completedAt: this.clock.now(),
      };
      if (!(await this.store.changeOpen(tx, id, changes))) return null;
      // Read after the change, so that what a worker wrote just before it is told too.
      const ended = await this.store.find(tx, id);
      if (ended) await this.announcements.announce(tx, { ended, decision: null, actor });
      return ended;
    });
    if (cancelled) this.metrics.ended(cancelled);
    else await this.refuseUnlessCancelled(id);
    return this.analyses.get(id);
  }

  private async refuseUnlessCancelled(id: Analysis['id']): Promise<void> {
    const { status } = await this.analyses.get(id);
    if (status !== 'cancelled') throw new ServiceError('conflict', `the analysis is over already: it is ${status}`);
  }
}
