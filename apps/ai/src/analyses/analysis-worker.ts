import { setTimeout as delay } from 'node:timers/promises';
import { LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Models } from '../analysts/models';
import { N8nClient } from '../workflows/n8n-client';
import type { LeasedAnalysis } from './analysis-leases';
import { AnalysisQueue, type Work } from './analysis-queue';
import { AnalysisRun } from './analysis-run';
import { WakeUp } from '../requests/wake-up';

/** Milliseconds between looks when nobody rings: for pauses and leases that end, and for analyses of other replicas. */
const POLL_MS = 250;
/** Milliseconds between two looks however often somebody rings: in a storm many ring at once, and one look finds what all of them have brought. */
const LOOK_APART_MS = 50;
/** Milliseconds to wait for the database after it failed. */
const OUTAGE_MS = 1_000;
/** Milliseconds calls may go on after the service was told to stop. */
const GRACE_MS = 4_000;

/** Works on analyses that are due, a few of each lane at a time, so that one slow call does not hold up the others. */
@Injectable()
export class AnalysisWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly inHand = new Map<Promise<void>, string>();
  private readonly log: Logger;
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();

  constructor(
    private readonly queue: AnalysisQueue,
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
    await Promise.race([Promise.all(this.inHand.keys()), patience]);
    clearTimeout(timer);
    await Promise.all([this.n8n.close(), this.models.close()]);
    await Promise.all(this.inHand.keys());
  }

  private async work(): Promise<void> {
    while (!this.isStopping) {
      const began = performance.now();
      const pauseMs = await this.turn();
      await this.wakeUp.sleep(pauseMs);
      if (!this.isStopping) await delay(Math.max(0, LOOK_APART_MS - (performance.now() - began)));
    }
  }

  /** Takes what there is room for. Returns for how many milliseconds there is nothing to do. */
  private async turn(): Promise<number> {
    try {
      for (const work of await this.queue.take((lane) => this.inHandOf(lane))) this.start(work);
      return POLL_MS;
    } catch (error) {
      this.log.warn({ error }, 'analyses wait for the database');
      return OUTAGE_MS;
    }
  }

  private inHandOf(lane: string): number {
    return [...this.inHand.values()].filter((one) => one === lane).length;
  }

  private start(work: Work): void {
    const running = this.finish(work).finally(() => {
      this.inHand.delete(running);
      this.wakeUp.ring();
    });
    this.inHand.set(running, work.analysis.lane);
  }

  /** Never throws: an analysis that fails here comes back when its lease or pause is over. */
  private async finish({ analysis, step }: Work): Promise<void> {
    try {
      await this.run.take(analysis, step);
    } catch (error) {
      await this.interrupted(analysis, error);
    }
  }

  private async interrupted(analysis: LeasedAnalysis, error: unknown): Promise<void> {
    const fields = { error, analysis_id: analysis.id };
    try {
      if (!this.isStopping) this.log.error(fields, 'an analysis was interrupted');
      await this.run.interrupted(analysis, { isStopping: this.isStopping });
    } catch (again) {
      this.log.warn({ ...fields, error: again }, 'an interrupted analysis waits for its lease to end');
    }
  }
}
