import { LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Models } from '../analysts/models';
import { N8nClient } from '../workflows/n8n-client';
import { AnalysisLeases, type LeasedAnalysis } from './analysis-leases';
import { AnalysisRun } from './analysis-run';
import type { Step } from './engine-policy';
import { WakeUp } from '../requests/wake-up';

const CONCURRENCY = 4;
/** Milliseconds between looks when nobody rings: for pauses and leases that end, and for analyses of other replicas. */
const POLL_MS = 250;
/** Milliseconds to wait for the database after it failed. */
const OUTAGE_MS = 1_000;
/** Milliseconds calls may go on after the service was told to stop. */
const GRACE_MS = 4_000;

/** Works on analyses that are due, a few at a time, so that one slow call does not hold up the others. */
@Injectable()
export class AnalysisWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly inHand = new Set<Promise<void>>();
  private readonly log: Logger;
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly leases: AnalysisLeases,
    private readonly run: AnalysisRun,
    private readonly n8n: N8nClient,
    private readonly models: Models,
    private readonly wakeUp: WakeUp,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('analysis-worker');
  }

  /** Starts the loop; what an earlier process left behind is found by it. */
  onApplicationBootstrap(): void {
    this.loop = this.work();
  }

  /** Takes nothing new and gives calls a moment to end; those that don't are cut, and taken up again by whoever comes next. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.wakeUp.ring();
    await this.loop;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, GRACE_MS)));
    await Promise.race([Promise.all(this.inHand), patience]);
    clearTimeout(timer);
    await Promise.all([this.n8n.close(), this.models.close()]);
    await Promise.all(this.inHand);
  }

  private async work(): Promise<void> {
    while (!this.isStopping) {
      const pauseMs = await this.turn();
      await this.wakeUp.sleep(pauseMs);
    }
  }

  /** Takes what there is room for. Returns for how many milliseconds there is nothing to do. */
  private async turn(): Promise<number> {
    try {
      const room = CONCURRENCY - this.inHand.size;
      for (const { analysis, step } of room > 0 ? await this.leases.take(room) : []) this.start(analysis, step);
      return POLL_MS;
    } catch (error) {
      this.log.warn({ error }, 'analyses wait for the database');
      return OUTAGE_MS;
    }
  }

  private start(analysis: LeasedAnalysis, step: Step): void {
    const running = this.finish(analysis, step).finally(() => {
      this.inHand.delete(running);
      this.wakeUp.ring();
    });
    this.inHand.add(running);
  }

  /** Never throws: an analysis that fails here comes back when its lease or pause is over. */
  private async finish(analysis: LeasedAnalysis, step: Step): Promise<void> {
    try {
      await this.run.take(analysis, step);
    } catch (error) {
      await this.interrupted(analysis, error);
    }
  }

  private async interrupted(analysis: LeasedAnalysis, error: unknown): Promise<void> {
    const fields = { error, analysis_id: analysis.id };
    try {
      if (this.isStopping) return await this.leases.giveBack(analysis);
      this.log.error(fields, 'an analysis was interrupted');
      await this.leases.retryLater(analysis, 'the analysis was interrupted');
    } catch (again) {
      this.log.warn({ ...fields, error: again }, 'an interrupted analysis waits for its lease to end');
    }
  }
}
