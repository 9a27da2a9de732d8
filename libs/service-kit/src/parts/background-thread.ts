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

/** The thread in which the background part of a service runs, once it is started. It lives and dies with the process. */
export class BackgroundThread {
  readonly link: ThreadPartLink;
  private readonly memory = newPartMemory();
  private readonly questions = new Map<number, (metrics: MetricSnapshot) => void>();
  private worker: Worker | undefined;
  private exited: Promise<void> = Promise.resolve();
  private asked = 0;
  private isReady = false;
  private isStopping = false;

  /** @param onEnd told when the thread ends although nobody stopped it: the process cannot go on without it */
  constructor(
    private readonly part: Pick<BackgroundPart, 'entry' | 'memoryMiB'>,
    private readonly onEnd: (error: unknown) => void,
  ) {
    this.link = new ThreadPartLink(this.memory, { postMessage: (message: Ring) => this.tell(message) });
  }

  /** Starts it, and resolves when it works. Errors: it could not start; `onEnd` is told as well. */
  start(): Promise<void> {
    const { entry, memoryMiB } = this.part;
    const worker = new Worker(entry, {
      workerData: { memory: this.memory },
      resourceLimits: { maxYoungGenerationSizeMb: memoryMiB.young, maxOldGenerationSizeMb: memoryMiB.old },
    });
    this.worker = worker;
    this.exited = new Promise((resolve) => worker.once('exit', () => resolve()));
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        if (this.isStopping) return resolve();
        reject(error);
        this.onEnd(error);
      };
      worker.on('error', fail);
      worker.once('exit', (code) => fail(new Error(`the background thread ended with ${code}`)));
      worker.on('message', (message: FromBackground) => {
        if (message.kind === 'ready') {
          this.isReady = true;
          resolve();
        } else this.heard(message);
      });
    });
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
    this.worker?.postMessage(message);
  }
}
