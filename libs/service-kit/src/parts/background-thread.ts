import { Worker } from 'node:worker_threads';
import type { MetricSnapshot } from '../metrics/metrics';
import type { BackgroundPart } from '../service/service-definition';
import { newPartMemory, ThreadPartLink, type Ring } from './part-link';

/** What the edge tells the background. */
export type ToBackground = Ring | { kind: 'show_metrics'; question: number } | { kind: 'stop' };
/** What the background tells the edge. */
export type FromBackground = Ring | { kind: 'ready' } | { kind: 'metrics'; question: number; metrics: MetricSnapshot };

/** A scrape gets the figures of the edge alone when the background is too busy to tell its own for this long. */
const METRICS_DEADLINE_MS = 1_000;

/** The thread in which the background part of a service runs. It lives and dies with the process. */
export class BackgroundThread {
  readonly link: ThreadPartLink;
  /** Resolves when the background works; rejects when it could not start. */
  readonly ready: Promise<void>;
  /** Resolves when the thread is over. */
  private readonly exited: Promise<void>;
  private readonly worker: Worker;
  private readonly questions = new Map<number, (metrics: MetricSnapshot) => void>();
  private asked = 0;
  private isReady = false;
  private isStopping = false;

  /** @param onEnd told when the thread ends although nobody stopped it: the process cannot go on without it */
  constructor({ entry, memoryMiB }: Pick<BackgroundPart, 'entry' | 'memoryMiB'>, onEnd: (error: unknown) => void) {
    const memory = newPartMemory();
    this.worker = new Worker(entry, {
      workerData: { memory },
      resourceLimits: { maxYoungGenerationSizeMb: memoryMiB.young, maxOldGenerationSizeMb: memoryMiB.old },
    });
    this.link = new ThreadPartLink(memory, this.worker);
    this.exited = new Promise((resolve) => this.worker.once('exit', () => resolve()));
    this.ready = new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        reject(error);
        if (!this.isStopping) onEnd(error);
      };
      this.worker.on('error', fail);
      this.worker.once('exit', (code) => fail(new Error(`the background thread ended with ${code}`)));
      this.worker.on('message', (message: FromBackground) => {
        if (message.kind === 'ready') {
          this.isReady = true;
          resolve();
        } else this.heard(message);
      });
    });
    // Whoever starts it may look later.
    this.ready.catch(() => undefined);
  }

  /** The metrics of the background; null when they cannot be had now. */
  async metrics(): Promise<MetricSnapshot | null> {
    if (!this.isReady || this.isStopping) return null;
    const question = ++this.asked;
    return new Promise((resolve) => {
      const end = (metrics: MetricSnapshot | null): void => {
        clearTimeout(timer);
        this.questions.delete(question);
        resolve(metrics);
      };
      const timer = setTimeout(end, METRICS_DEADLINE_MS, null);
      this.questions.set(question, end);
      this.tell({ kind: 'show_metrics', question });
    });
  }

  /** Throws while the background does not work. */
  assertReady(): void {
    if (!this.isReady) throw Object.assign(new Error('the background has not started yet'), { code: 'STARTING' });
  }

  /** Lets the background finish what it has in hand. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.tell({ kind: 'stop' });
    await this.exited;
  }

  private heard(message: Exclude<FromBackground, { kind: 'ready' }>): void {
    if (message.kind === 'ring') this.link.rung(message);
    else this.questions.get(message.question)?.(message.metrics);
  }

  private tell(message: ToBackground): void {
    this.worker.postMessage(message);
  }
}
