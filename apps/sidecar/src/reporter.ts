import { Backoff } from './backoff';
import { ExchangeFailed } from './http-exchange';
import type { Log } from './json-log';
import { Nudge } from './nudge';
import { pause } from './pause';
import type { Progress, SidecarReport } from './progress';

/** Delivers one report and answers the HTTP status; rejects with ExchangeFailed. */
export type SendReport = (report: SidecarReport) => Promise<number>;

/**
 * Delivers reports without ever holding up the work. While AlertAgent is away the newest report of each state is
 * kept (so at most one per state), in the order of their time.
 */
export class Reporter {
  private readonly queue = new Map<SidecarReport['state'], SidecarReport>();
  private lastSignature = '';
  private lastTrouble = '';
  private readonly queued = new Nudge();

  constructor(
    private readonly progress: Progress,
    private readonly send: SendReport,
    private readonly backoff: Backoff,
    private readonly log: Log,
  ) {}

  /** Queues a report if something changed that AlertAgent shows: state, revision, reason, or how a rule stands. */
  changed(): void {
    const report = this.progress.report();
    const signature = JSON.stringify([
      report.state,
      report.revision,
      report.reason,
      report.hash,
      report.drift_repaired,
      report.rules.map((rule) => [rule.rule_id, rule.rule_version, rule.status]),
    ]);
    if (signature === this.lastSignature) return;
    this.lastSignature = signature;
    this.log(report.state === 'failed' ? 'warn' : 'info', 'state changed', {
      state: report.state,
      revision: report.revision,
      reason: report.reason,
    });
    this.enqueue(report);
  }

  /** Queues a report in any case. */
  heartbeat(): void {
    this.enqueue(this.progress.report());
  }

  /** Delivers until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await this.deliver()) {
        await this.queued.wait(null, signal);
      } else {
        await pause(this.backoff.next(), signal);
      }
    }
  }

  /** Tries to deliver everything queued. Answers false when a report has to be tried again later. */
  async deliver(): Promise<boolean> {
    for (const [state, report] of this.queue) {
      const status = await this.attempt(report);
      if (status === null || status >= 500)
        return this.troubled(status === null ? 'reports cannot be delivered' : `reports are answered ${status}`);
      // A newer report of the same state may have come meanwhile; that one still has to go.
      if (this.queue.get(state) === report) this.queue.delete(state);
      if (status >= 300) this.troubled(`a report was refused with ${status}`);
      else this.lastTrouble = '';
    }
    this.backoff.reset();
    return true;
  }

  private async attempt(report: SidecarReport): Promise<number | null> {
    try {
      return await this.send(report);
    } catch (error) {
      if (error instanceof ExchangeFailed) return null;
      throw error;
    }
  }

  private enqueue(report: SidecarReport): void {
    this.queue.delete(report.state);
    this.queue.set(report.state, report);
    this.queued.poke();
  }

  private troubled(text: string): false {
    if (text !== this.lastTrouble) this.log('warn', text);
    this.lastTrouble = text;
    return false;
  }
}
