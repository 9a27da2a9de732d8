import { ServiceError } from '@alertagent/contracts';
import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SourceFailure } from '../sources/source-failure';
import { ArchiveFault } from './archive';
import { RuleImportLeases } from './rule-import-leases';
import { LeaseLost } from './import-records';
import { RuleImportRun } from './rule-import-run';
import type { LeasedImport } from './rule-imports.store';

const LOOK_EVERY_MS = 250;
const FORGET_EVERY_MS = 3_600_000;
const HOLD_EVERY_MS = 10_000;

/** Works on imports, one at a time: two could take the same rules in. */
@Injectable()
export class RuleImportWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly looking: RepeatedWork;
  private readonly forgetting: RepeatedWork;
  private readonly stopping = new AbortController();
  private readonly log: Logger;

  constructor(
    private readonly leases: RuleImportLeases,
    private readonly run: RuleImportRun,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('rule-imports');
    const onFailure = (error: unknown): void => this.log.warn({ error }, 'Imports wait for the database');
    const common = { maxPauseMs: 10_000, onFailure };
    this.looking = new RepeatedWork({ ...common, everyMs: LOOK_EVERY_MS, work: () => this.look() });
    this.forgetting = new RepeatedWork({ ...common, everyMs: FORGET_EVERY_MS, work: () => this.leases.forgetOld() });
  }

  onApplicationBootstrap(): void {
    this.looking.start();
    this.forgetting.start();
  }

  /** What is in hand ends after its batch, and is given back. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.all([this.looking.stop(), this.forgetting.stop()]);
  }

  private async look(): Promise<void> {
    const held = await this.leases.take();
    if (!held) return;
    const holding = setInterval(() => void this.leases.change(held, {}).catch(() => undefined), HOLD_EVERY_MS);
    try {
      await this.run.carryOut(held, this.stopping.signal);
      await this.leases.end(held, 'done', null);
    } catch (error) {
      await this.ended(held, error);
    } finally {
      clearInterval(holding);
    }
  }

  private async ended(held: LeasedImport, error: unknown): Promise<void> {
    if (error instanceof LeaseLost) return;
    if (this.stopping.signal.aborted) return this.leases.giveBack(held);
    if (error instanceof ArchiveFault || error instanceof SourceFailure) {
      return this.leases.end(held, 'failed', error.message);
    }
    // The database or the bus is away: whoever takes it up again goes on after the last result.
    if (error instanceof ServiceError && (error.code === 'unavailable' || error.code === 'deadline')) throw error;
    this.log.error({ error, import: held.id }, 'An import failed');
    return this.leases.end(held, 'failed', 'it could not be carried on; the log has the reason');
  }
}
