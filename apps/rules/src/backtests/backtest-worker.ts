import { TooManyAlerts } from '@alertagent/alerting';
import { LOGGER, RepeatedWork, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SourceFailure } from '../sources/source-failure';
import { BacktestLeases, type LeasedBacktest } from './backtest-leases';
import { BacktestRun, type BacktestProgress } from './backtest-run';

const CONCURRENCY = 2;
const LOOK_EVERY_MS = 250;
const FORGET_EVERY_MS = 3_600_000;
const HOLD_EVERY_MS = 5_000;
/** Progress is written down this often at most. */
const TELL_EVERY_MS = 500;
const LONGEST_MS = 15 * 60_000;

/** Why a worker lets go of a backtest before its end. */
class CalledOff extends Error {
  constructor(readonly why: 'not ours' | 'stopping' | 'too long') {
    super(why);
  }
}

/** Works on backtests, a few at a time. */
@Injectable()
export class BacktestWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly inHand = new Map<Promise<void>, AbortController>();
  private readonly looking: RepeatedWork;
  private readonly forgetting: RepeatedWork;
  private readonly log: Logger;
  private isStopping = false;

  constructor(
    private readonly leases: BacktestLeases,
    private readonly run: BacktestRun,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.log = logger.component('backtests');
    const onFailure = (error: unknown): void => this.log.warn({ error }, 'Backtests wait for the database');
    const common = { maxPauseMs: 10_000, onFailure };
    this.looking = new RepeatedWork({ ...common, everyMs: LOOK_EVERY_MS, work: () => this.look() });
    this.forgetting = new RepeatedWork({
      ...common,
      everyMs: FORGET_EVERY_MS,
      work: () => this.leases.forgetOld(),
    });
  }

  onApplicationBootstrap(): void {
    this.looking.start();
    this.forgetting.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    await Promise.all([this.looking.stop(), this.forgetting.stop()]);
    for (const controller of this.inHand.values()) controller.abort(new CalledOff('stopping'));
    await Promise.all(this.inHand.keys());
  }

  private async look(): Promise<void> {
    const room = CONCURRENCY - this.inHand.size;
    if (room <= 0) return;
    for (const backtest of await this.leases.take(room)) this.start(backtest);
  }

  private start(backtest: LeasedBacktest): void {
    const controller = new AbortController();
    const working = this.work(backtest, controller).finally(() => this.inHand.delete(working));
    this.inHand.set(working, controller);
    if (this.isStopping) controller.abort(new CalledOff('stopping'));
  }

  /** Never throws: what cannot be written down now is begun again when the lease is over. */
  private async work(backtest: LeasedBacktest, controller: AbortController): Promise<void> {
    const holding = setInterval(() => void this.hold(backtest, controller), HOLD_EVERY_MS);
    const limit = setTimeout(() => controller.abort(new CalledOff('too long')), LONGEST_MS);
    try {
      await this.finish(backtest, controller);
    } catch (error) {
      this.log.warn({ error, backtest: backtest.id }, 'A backtest waits for its lease to end');
    } finally {
      clearInterval(holding);
      clearTimeout(limit);
    }
  }

  private async finish(backtest: LeasedBacktest, controller: AbortController): Promise<void> {
    const { signal } = controller;
    let toldAt = -Infinity;
    const onProgress = async (progress: BacktestProgress): Promise<void> => {
      backtest.total = progress.total;
      if (performance.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = performance.now();
      if (!(await this.leases.hold(backtest, progress))) throw new CalledOff('not ours');
    };
    try {
      const findings = await this.run.carryOut(backtest.spec, { signal, onProgress });
      await this.leases.succeed(backtest, findings);
    } catch (error) {
      await this.ended(backtest, signal.aborted ? signal.reason : error);
    }
  }

  private async ended(backtest: LeasedBacktest, error: unknown): Promise<void> {
    if (error instanceof CalledOff && error.why === 'not ours') return;
    if (error instanceof CalledOff && error.why === 'stopping') return this.leases.giveBack(backtest);
    if (error instanceof CalledOff)
      return this.leases.fail(backtest, `it took longer than ${LONGEST_MS / 60_000} minutes; take a shorter period`);
    if (error instanceof SourceFailure || error instanceof TooManyAlerts)
      return this.leases.fail(backtest, error.message);
    this.log.error({ error, backtest: backtest.id }, 'A backtest failed');
    return this.leases.fail(backtest, 'it could not be carried on; the log has the reason');
  }

  /** While the source takes its time, others must see that somebody works on it, and a cancellation must be seen here. */
  private async hold(backtest: LeasedBacktest, controller: AbortController): Promise<void> {
    try {
      if (!(await this.leases.hold(backtest))) controller.abort(new CalledOff('not ours'));
    } catch (error) {
      this.log.warn({ error, backtest: backtest.id }, 'A backtest could not be held');
    }
  }
}
