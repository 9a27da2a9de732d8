import { AlertAgentConfig, Clock, inTransaction } from '@alertagent/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { DeadLetter } from '../dead-letters/dead-letter';
import { DeadLettersStore } from '../dead-letters/dead-letters.store';
import { BUILT_IN_LANE } from '../lanes/lane';
import { GatheredWrites } from '../requests/gathered-writes';
import { AnalysesStore } from './analyses.store';
import type { Analysis } from './analysis';
import { EnginePolicy } from './engine-policy';

/** An analysis in the hand of a worker. */
export interface LeasedAnalysis extends Analysis {
  leaseToken: string;
}

/**
 * How an analysis in hand goes on. A lease is a token and a time: when the time is over another
 * worker takes the analysis with a token of its own, and from then on nothing the first one writes has any effect.
 */
@Injectable()
export class AnalysisLeases {
  private readonly started = new GatheredWrites<LeasedAnalysis>((analyses) => this.recordStarts(analyses));

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: AnalysesStore,
    private readonly policy: EnginePolicy,
    private readonly config: AlertAgentConfig,
    private readonly clock: Clock,
    private readonly letters: DeadLettersStore,
  ) {}

  /** The workflow was started: from here on it is its turn. */
  async awaitCallback(analysis: LeasedAnalysis): Promise<void> {
    await this.started.submit(analysis);
  }

  /** A workflow says that it runs, maybe before we have noted that it was started; false when it is over, or not its turn any more. */
  startReported({ id }: Analysis): Promise<boolean> {
    const changes = { ...callbackAwaited(this.clock.now(), this.config.n8n.callback_timeout), leaseToken: null };
    return inTransaction(this.dataSource, (tx) => this.store.change(tx, id, { engine: 'n8n' }, changes));
  }

  async retryLater(analysis: LeasedAnalysis, error: string): Promise<void> {
    const dueAt = new Date(this.clock.now().getTime() + this.policy.pauseMs(analysis.attempts));
    await this.release(analysis, { error, dueAt });
  }

  /** The built-in workflow takes over, at once; false when the lease was lost. */
  async fallBack(analysis: LeasedAnalysis, reason: string, letter: DeadLetter): Promise<boolean> {
    const over = { engine: 'built-in', lane: BUILT_IN_LANE, fallbackReason: reason } as const;
    const changes = { ...over, attempts: 0, error: null, deadline: null, dueAt: this.clock.now() };
    return this.release(analysis, changes, (tx) => this.letters.put(tx, letter));
  }

  /** Gives it back untouched, for whoever comes next. */
  async giveBack(analysis: LeasedAnalysis): Promise<void> {
    await this.release(analysis, { dueAt: this.clock.now(), attempts: analysis.attempts - 1 });
  }

  private async recordStarts(analyses: readonly LeasedAnalysis[]): Promise<void[]> {
    const changes = { ...callbackAwaited(this.clock.now(), this.config.n8n.callback_timeout), leaseToken: null };
    await inTransaction(this.dataSource, (tx) => this.store.changeLeased(tx, analyses, changes));
    return [];
  }

  private release(
    { id, leaseToken }: LeasedAnalysis,
    changes: Partial<Analysis>,
    then?: (tx: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return inTransaction(this.dataSource, async (tx) => {
      const isHeld = await this.store.change(tx, id, { leaseToken }, { ...changes, leaseToken: null });
      if (isHeld) await then?.(tx);
      return isHeld;
    });
  }
}

/** What changes when a workflow runs outside and will call back. */
function callbackAwaited(now: Date, callbackTimeoutMs: number): Partial<Analysis> {
  const deadline = new Date(now.getTime() + callbackTimeoutMs);
  return { status: 'processing', deadline, dueAt: deadline, error: null };
}
