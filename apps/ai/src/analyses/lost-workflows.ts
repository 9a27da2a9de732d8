import type { DeadLetterKind } from '@alertagent/contracts';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { letterOf } from '../dead-letters/dead-letter';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysisCompletion } from './analysis-completion';
import { AnalysisLeases, type LeasedAnalysis } from './analysis-leases';

/** How a workflow's run came to nothing. */
export interface Loss {
  kind: DeadLetterKind;
  reason: string;
  /** What the last attempt said; without it what is noted in the analysis. */
  lastError?: string;
}

/** What becomes of an analysis that its workflow will not do. A dead letter keeps it, whoever takes over. */
@Injectable()
export class LostWorkflows {
  constructor(
    private readonly config: AlertAgentConfig,
    private readonly leases: AnalysisLeases,
    private readonly completion: AnalysisCompletion,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  async lost(analysis: LeasedAnalysis, { kind, reason, lastError }: Loss): Promise<void> {
    const { error } = analysis;
    const letter = letterOf({ ...analysis, error: lastError ?? error }, { kind, reason, now: this.clock.now() });
    if (!this.config.n8n.fall_back) {
      const guard = { leaseToken: analysis.leaseToken };
      await this.completion.end(analysis, { outcome: { status: 'failed', error: reason }, guard, letter });
    } else if (await this.leases.fallBack(analysis, reason, letter)) {
      this.metrics.fellBack();
      this.metrics.died(kind);
    }
  }
}
