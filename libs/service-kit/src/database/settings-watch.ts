import { ServiceError } from '@alertagent/contracts';
import { UnsafeDatabaseError } from './check-database-settings';

/** Milliseconds between looks. */
const LOOK_EVERY_MS = 10_000;

/**
 * Notices that the settings of the database became unsafe after the start: a server that came back with another configuration,
 * or an administrator in a hurry. A service whose commits may be lost should be sent no work.
 */
export class SettingsWatch {
  private unsafe: UnsafeDatabaseError | null = null;
  private lookedAt: number;
  private isLooking = false;

  /**
   * @param look rejects with UnsafeDatabaseError when the settings are unsafe; at this moment they are not
   * @param now monotonic milliseconds; for tests
   */
  constructor(
    private readonly look: () => Promise<unknown>,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.lookedAt = now();
  }

  /** For readiness: what the last look found. Looks again in the background, so that a hanging server hangs nobody. */
  async check(): Promise<void> {
    if (!this.isLooking && this.now() - this.lookedAt >= LOOK_EVERY_MS) void this.refresh();
    if (!this.unsafe) return;
    const settings = this.unsafe.problems.map(({ setting, found }) => `${setting} is ${found}`).join(', ');
    throw new ServiceError('unavailable', `unsafe: ${settings}`, { cause: this.unsafe });
  }

  /** Looks now. A database that cannot be asked is another check's matter. */
  async refresh(): Promise<void> {
    this.isLooking = true;
    try {
      await this.look();
      this.unsafe = null;
    } catch (error) {
      if (error instanceof UnsafeDatabaseError) this.unsafe = error;
    } finally {
      this.isLooking = false;
      this.lookedAt = this.now();
    }
  }
}
