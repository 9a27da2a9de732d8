import { setTimeout as delay } from 'node:timers/promises';
import { isUniqueViolation, LOGGER, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PipelineBell } from '../intake/pipeline-bell';
import { OvertakingError } from './batch-order';
import { FailedBatch, isDatabaseAway } from './failed-batch';
import { MAX_ALERTS, Pipeline } from './pipeline';
import { WakeUp } from './wake-up';

/** Milliseconds between looks at the inbox when nobody rings: for rows of other instances, and postponed ones. */
const POLL_MS = 500;
/** The further loops are called when there is more than one batch to do; until then they need not look. */
const UNCALLED_MS = 60_000;
const MAX_BACKOFF_MS = 5_000;
/** Collisions with another worker in a row before the rows are taken one by one. */
const MAX_COLLISIONS = 5;
/**
 * After a batch that was not half full the next one gathers for this long, milliseconds: a transaction costs the same for one webhook as for
 * twenty, and senders are waiting for the same processor.
 */
const GATHER_MS = 40;
/** From this many webhooks that wait for their commit on, answering senders comes before processing. */
const BUSY_INTAKE = 16;
/** Then the pipeline rests nine times as long as it worked, but never longer than this many milliseconds. */
const MAX_REST_MS = 1_000;

/**
 * Loops that take batches at the same time, as further instances would: while one waits for the database the other computes. SQLite has
 * one transaction at a time anyway.
 */
const LOOPS = 2;

/** Keeps the pipeline running in this process: at each webhook, and from time to time by itself. */
@Injectable()
export class PipelineWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly wakeUps: WakeUp[];
  private readonly log: Logger;
  private isStopping = false;
  private loops: Promise<unknown> = Promise.resolve();
  private collisions = 0;
  private outages = 0;

  constructor(
    private readonly pipeline: Pipeline,
    private readonly failed: FailedBatch,
    private readonly bell: PipelineBell,
    dataSource: DataSource,
    @Inject(LOGGER) log: Logger,
  ) {
    this.log = log.component('pipeline');
    const loops = dataSource.options.type === 'better-sqlite3' ? 1 : LOOPS;
    this.wakeUps = Array.from({ length: loops }, () => new WakeUp());
  }

  /** Starts the loops; what an earlier process left behind is processed first. */
  onApplicationBootstrap(): void {
    this.bell.onRing(() => this.wakeUps[0]?.ring());
    this.loops = Promise.all(
      this.wakeUps.map((wakeUp, index) => this.run(wakeUp, index === 0 ? POLL_MS : UNCALLED_MS)),
    );
  }

  /** Finishes the batches in hand; the rest waits in the inbox. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    this.ringAll();
    await this.loops;
  }

  /** One loop does until there is more than it can take at once. */
  private ringAll(): void {
    for (const wakeUp of this.wakeUps) wakeUp.ring();
  }

  private async run(wakeUp: WakeUp, idleMs: number): Promise<void> {
    while (!this.isStopping) {
      const pauseMs = await this.turn(idleMs);
      if (pauseMs > 0) await wakeUp.sleep(pauseMs);
    }
  }

  /** One batch. Returns for how many milliseconds there is nothing to do. */
  private async turn(idleMs: number): Promise<number> {
    const started = performance.now();
    try {
      const { webhooks, alerts } = await this.pipeline.processNext();
      this.recovered();
      if (this.bell.waitingSenders >= BUSY_INTAKE)
        await delay(Math.min(MAX_REST_MS, 9 * (performance.now() - started)));
      if (webhooks === 0) return idleMs;
      if (alerts >= MAX_ALERTS) this.ringAll();
      else if (alerts < MAX_ALERTS / 2) await delay(GATHER_MS);
      return 0;
    } catch (error) {
      return this.afterFailure(error);
    }
  }

  private async afterFailure(error: unknown): Promise<number> {
    if (error instanceof OvertakingError) return 0;
    if (isDatabaseAway(error)) return this.pauseForDatabase(error);
    this.collisions += 1;
    if (isUniqueViolation(error) && this.collisions <= MAX_COLLISIONS) return 0;
    this.log.warn({ error }, 'a batch failed; its webhooks are processed one by one');
    try {
      await this.failed.sortOut();
      this.recovered();
      return 0;
    } catch (again) {
      return this.pauseForDatabase(again);
    }
  }

  private pauseForDatabase(error: unknown): number {
    this.outages += 1;
    if (this.outages === 1)
      this.log.warn({ error }, 'the pipeline cannot reach its database; webhooks wait in the inbox');
    return Math.min(MAX_BACKOFF_MS, 100 * 2 ** Math.min(this.outages, 10)) * (0.5 + Math.random() / 2);
  }

  private recovered(): void {
    if (this.outages > 0) this.log.info({ after_attempts: this.outages }, 'the pipeline has its database back');
    this.outages = 0;
    this.collisions = 0;
  }
}
