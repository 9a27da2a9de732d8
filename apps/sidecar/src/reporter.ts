import { Backoff } from './backoff';
import { ExchangeFailed } from './http-exchange';
import type { Log } from './json-log';
import { Nudge } from './nudge';
import { pause } from './pause';
import type { Progress, SidecarReport } from './progress';
import type { Backlog, WaitingReport } from './report-backlog';

/** What AlertAgent takes for the present without being told when it was, in milliseconds. */
const PRESENT_MS = 10_000;

/** Delivers one report and answers the HTTP status; rejects with ExchangeFailed. */
export type SendReport = (report: SidecarReport & { observed_at?: string }) => Promise<number>;

/**
 * Delivers reports without ever holding up the work. While AlertAgent is away the newest report of each state is
 * kept (so at most one per state), in the order of their time, also over a restart. A report that had to wait says when it was
 * true, so that AlertAgent takes it for history; a fresh one follows it.
 */
export class Reporter {
  private readonly queue = new Map<SidecarReport['state'], WaitingReport>();
  /** Reports of before the restart, the oldest first. */
  private restored: WaitingReport[] = [];
  private lastSignature = '';
  private lastTrouble = '';
  private readonly queued = new Nudge();

  constructor(
    private readonly progress: Progress,
    private readonly send: SendReport,
    private readonly backoff: Backoff,
    private readonly backlog: Backlog,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  /** Takes up what the last run could not deliver. Another cluster's reports are nobody's business any more. */
  async resume(): Promise<void> {
    const { cluster_id, type, member } = this.progress.report();
    this.restored = (await this.backlog.load()).filter(
      ({ report }) => report.cluster_id === cluster_id && report.type === type && report.member === member,
    );
  }

  /** Queues a report if something changed that AlertAgent shows: state, revision, reason, a key, or how a rule stands. */
  changed(): void {
    const report = this.progress.report();
    const signature = JSON.stringify([
      report.state,
      report.revision,
      report.reason,
      report.hash,
      report.drift_repaired,
      report.keys,
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
    let isLate = false;
    // What was true before the restart proves nothing, not even a moment after it: it goes when it can be told as the past.
    for (const waiting of [...this.restored.filter((one) => this.isPast(one)), ...this.queue.values()]) {
      isLate ||= this.isPast(waiting);
      const status = await this.attempt(waiting);
      if (status === null || status >= 500) {
        await this.backlog.keep([...this.restored, ...this.queue.values()]);
        return this.troubled(status === null ? 'reports cannot be delivered' : `reports are answered ${status}`);
      }
      this.settle(waiting);
      if (status >= 300) this.troubled(`a report was refused with ${status}`);
      else this.lastTrouble = '';
    }
    await this.backlog.keep(this.restored);
    this.backoff.reset();
    // AlertAgent knows now what was; it is told what is.
    if (isLate) this.heartbeat();
    return true;
  }

  private isPast({ observedAt }: WaitingReport): boolean {
    return this.now() - observedAt > PRESENT_MS;
  }

  private settle(delivered: WaitingReport): void {
    this.restored = this.restored.filter((one) => one !== delivered);
    const { state } = delivered.report;
    // A newer report of the same state may have come meanwhile; that one still has to go.
    if (this.queue.get(state) === delivered) this.queue.delete(state);
  }

  private async attempt(waiting: WaitingReport): Promise<number | null> {
    const { report, observedAt } = waiting;
    const observed_at = new Date(observedAt).toISOString();
    try {
      return await this.send(this.isPast(waiting) ? { ...report, observed_at } : report);
    } catch (error) {
      if (error instanceof ExchangeFailed) return null;
      throw error;
    }
  }

  private enqueue(report: SidecarReport): void {
    this.queue.delete(report.state);
    this.queue.set(report.state, { observedAt: this.now(), report });
    this.queued.poke();
  }

  private troubled(text: string): false {
    if (text !== this.lastTrouble) this.log('warn', text);
    this.lastTrouble = text;
    return false;
  }
}
