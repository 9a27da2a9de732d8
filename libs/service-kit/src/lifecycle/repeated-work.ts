/** Work to repeat, and how. */
export interface Repetition {
  /** Milliseconds between the end of one run and the beginning of the next. */
  everyMs: number;
  /** Longest pause after failures in a row; each doubles the pause. */
  maxPauseMs: number;
  work: () => Promise<void>;
  /** Told of the first failure in a row, and when the work succeeds again. */
  onFailure: (error: unknown) => void;
  onRecovery?: () => void;
}

/** Repeats work in the background, one run at a time, until it is stopped. A failure delays the next run, and ends nothing. */
export class RepeatedWork {
  private isStopping = false;
  private failures = 0;
  private wake: () => void = () => undefined;
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly repetition: Repetition) {}

  /** Runs the work at once, and again and again. */
  start(): void {
    this.loop = this.run();
  }

  /** Resolves when the run in hand has ended. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) await this.sleep(await this.turn());
  }

  private async turn(): Promise<number> {
    const { everyMs, maxPauseMs, work, onFailure, onRecovery } = this.repetition;
    try {
      await work();
      if (this.failures > 0) onRecovery?.();
      this.failures = 0;
      return everyMs;
    } catch (error) {
      this.failures += 1;
      if (this.failures === 1) onFailure(error);
      return Math.min(maxPauseMs, everyMs * 2 ** Math.min(this.failures, 10));
    }
  }

  private sleep(ms: number): Promise<void> {
    if (this.isStopping) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
