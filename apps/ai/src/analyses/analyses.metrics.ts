import { DEAD_LETTER_KINDS, type DeadLetterKind } from '@alertagent/contracts';
import { Metrics } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { INCIDENT_OPENED, type Analysis } from './analysis';

const TYPES = ['automatic', 'requested'] as const;
const ENDS = ['completed', 'failed', 'cancelled'] as const;

/** How analyses get on. */
@Injectable()
export class AnalysesMetrics {
  private readonly total;
  private readonly duration;
  private readonly fallbacks;
  private readonly letters;

  constructor(metrics: Metrics) {
    this.total = metrics.counter({
      name: 'ai_analysis_total',
      help: 'Analyses that ended, by what asked for them.',
      labels: { type: TYPES, status: ENDS },
    });
    this.duration = metrics.histogram({
      name: 'ai_analysis_duration_seconds',
      help: 'From the wish for an analysis to its end.',
      labels: { type: TYPES },
      buckets: [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600],
    });
    this.fallbacks = metrics.counter({
      name: 'ai_workflow_fallbacks_total',
      help: 'Analyses that the built-in workflow took over from n8n.',
    });
    this.letters = metrics.counter({
      name: 'ai_dead_letters_total',
      help: 'Runs of workflows that never were; `stale` are those that were dropped because the incident was over.',
      labels: { kind: DEAD_LETTER_KINDS },
    });
  }

  /** Called after commit. */
  ended({ triggerKey, status, createdAt, completedAt }: Analysis): void {
    const type = triggerKey === INCIDENT_OPENED ? 'automatic' : 'requested';
    this.total.inc({ type, status: ENDS.find((end) => end === status) ?? 'failed' });
    if (completedAt) this.duration.observe({ type }, Math.max(0, completedAt.getTime() - createdAt.getTime()) / 1000);
  }

  /** Called after commit. */
  died(kind: DeadLetterKind): void {
    this.letters.inc({ kind });
  }

  fellBack(): void {
    this.fallbacks.inc({});
  }
}
