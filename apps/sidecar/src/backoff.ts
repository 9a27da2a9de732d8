/** Growing, jittered delays: so that many sidecars do not come back at the same moment after an outage. */
export class Backoff {
  private failures = 0;

  /** @param firstMs delay after the first failure, @param maxMs the longest delay, both before jitter. */
  constructor(
    private readonly firstMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  /** Counts one more failure and answers how long to wait in ms: between half and all of the current step. */
  next(): number {
    const step = Math.min(this.maxMs, this.firstMs * 2 ** Math.min(this.failures, 30));
    this.failures += 1;
    return Math.round(step * (0.5 + this.random() / 2));
  }

  /** Starts over after a success. */
  reset(): void {
    this.failures = 0;
  }
}
