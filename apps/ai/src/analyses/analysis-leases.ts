import { AlertAgentConfig, Clock, inTransaction, newId } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AnalysesMetrics } from './analyses.metrics';
import { AnalysesStore } from './analyses.store';
import type { Analysis } from './analysis';
import { EnginePolicy, type Step } from './engine-policy';

/** An analysis in the hand of a worker. */
export interface LeasedAnalysis extends Analysis {
  leaseToken: string;
}

/**
 * Who has an analysis in hand, and what happens to it next. A lease is a token and a time: when the time is over another
 * worker takes the analysis with a token of its own, and from then on nothing the first one writes has any effect.
 */
@Injectable()
export class AnalysisLeases {
  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly policy: EnginePolicy,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly metrics: AnalysesMetrics,
  ) {}

  /** Takes up to `limit` analyses that are due. */
  async take(limit: number): Promise<{ analysis: LeasedAnalysis; step: Step }[]> {
    const now = this.clock.now();
    const taken: { analysis: LeasedAnalysis; step: Step }[] = [];
    for (const seen of await this.store.due(this.dataSource.manager, now, limit)) {
      const step = this.policy.nextStep(seen);
      const engine = seen.engine ?? this.policy.firstEngine();
      const changes = {
        engine,
        status: engine === 'built-in' ? ('processing' as const) : seen.status,
        attempts: seen.attempts + 1,
        leaseToken: newId(),
        dueAt: new Date(now.getTime() + this.policy.leaseMs(step)),
      };
      const isTaken = await inTransaction(this.dataSource, (tx) => this.store.claim(tx, seen, changes));
      if (isTaken) taken.push({ analysis: { ...seen, ...changes }, step });
    }
    return taken;
  }

  /** The workflow was started: from here on it is its turn. */
  async awaitCallback(analysis: LeasedAnalysis): Promise<void> {
    await this.release(analysis, callbackAwaited(this.clock.now(), this.config.n8n.callback_timeout));
  }

  async retryLater(analysis: LeasedAnalysis, error: string): Promise<void> {
    const dueAt = new Date(this.clock.now().getTime() + this.policy.pauseMs(analysis.attempts));
    await this.release(analysis, { error, dueAt });
  }

  /** The built-in workflow takes over, at once. */
  async fallBack(analysis: LeasedAnalysis, reason: string): Promise<void> {
    const changes = { engine: 'built-in', fallbackReason: reason, attempts: 0, error: null, deadline: null } as const;
    if (await this.release(analysis, { ...changes, dueAt: this.clock.now() })) this.metrics.fellBack();
  }

  /** Gives it back untouched, for whoever comes next. */
  async giveBack(analysis: LeasedAnalysis): Promise<void> {
    await this.release(analysis, { dueAt: this.clock.now(), attempts: analysis.attempts - 1 });
  }

  private release({ id, leaseToken }: LeasedAnalysis, changes: Partial<Analysis>): Promise<boolean> {
    return inTransaction(this.dataSource, (tx) =>
      this.store.change(tx, id, { leaseToken }, { ...changes, leaseToken: null }),
    );
  }
}

/** What changes when a workflow runs outside and will call back. */
export function callbackAwaited(now: Date, callbackTimeoutMs: number): Partial<Analysis> {
  const deadline = new Date(now.getTime() + callbackTimeoutMs);
  return { status: 'processing', deadline, dueAt: deadline, error: null };
}
