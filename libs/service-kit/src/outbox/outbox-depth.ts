import type { Metrics } from '../metrics/metrics';
import type { OutboxStats } from './outbox-store';

const LOOK_EVERY_MS = 2_000;

/** Shows how many events wait to be published, and for how long: the first sign that nobody hears of changes any more. */
export class OutboxDepth {
  private readonly depth;
  private readonly age;
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;

  /** @param stats counts the waiting rows; may fail while the database is away */
  constructor(
    metrics: Metrics,
    private readonly stats: () => Promise<OutboxStats>,
  ) {
    this.depth = metrics.gauge({ name: 'outbox_waiting_rows', help: 'Events that wait to be published.' });
    this.age = metrics.gauge({
      name: 'outbox_oldest_waiting_seconds',
      help: 'How long the oldest of them has been waiting.',
    });
  }

  /** Looks from time to time rather than at each scrape: a database that hangs must not hang the metrics. */
  start(): void {
    void this.look();
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Counts once; keeps the last figures when that fails. */
  async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      const { depth, oldestAgeMs } = await this.stats();
      this.depth.set({}, depth);
      this.age.set({}, oldestAgeMs / 1_000);
    } catch {
      // The database is away; readiness says so.
    } finally {
      this.isLooking = false;
    }
  }
}
