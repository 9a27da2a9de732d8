import type { DataSource } from 'typeorm';
import { withConnectionDeadline } from '../database/in-transaction';
import type { KitLog } from '../database/service-database';
import type { SteadyClock } from './steady-clock';

const FOLLOW_EVERY_MS = 10_000;
const DEADLINE_MS = 1_500;
/** From this difference on somebody should look after the machine's clock. */
const WORTH_SAYING_MS = 5_000;

/**
 * Keeps a clock at the time of the database server. SQLite has no server and so no other time than ours. While the server cannot
 * be asked the clock goes on by itself.
 */
export class DatabaseTime {
  private timer: NodeJS.Timeout | undefined;
  private isAsking = false;

  constructor(
    private readonly clock: SteadyClock,
    private readonly dataSource: DataSource,
    private readonly log: KitLog,
  ) {}

  /** Sets the clock, and again every ten seconds. Resolves after the first time. */
  async start(): Promise<void> {
    if (this.dataSource.options.type === 'better-sqlite3') return;
    await this.follow();
    this.timer = setInterval(() => void this.follow(), FOLLOW_EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async follow(): Promise<void> {
    if (this.isAsking) return;
    this.isAsking = true;
    try {
      const changedMs = this.clock.follow(await this.ask());
      if (Math.abs(changedMs) >= WORTH_SAYING_MS) {
        this.log.warn(
          { changed_ms: changedMs },
          'the clock of this machine and that of the database differ; following the database',
        );
      }
    } catch {
      // The database is away; readiness says so.
    } finally {
      this.isAsking = false;
    }
  }

  private async ask(): Promise<number> {
    const runner = this.dataSource.createQueryRunner();
    const asked = performance.now();
    const rows = (await withConnectionDeadline(runner, DEADLINE_MS, () =>
      runner.query('SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now'),
    )) as { now: unknown }[];
    // The server looked at its clock somewhere between question and answer.
    return Number(rows[0]?.now) + (performance.now() - asked) / 2;
  }
}
