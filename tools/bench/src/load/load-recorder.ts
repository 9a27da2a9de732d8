import { percentile } from '../percentile';
import type { LoadResult } from './load';

/** Keeps what the load generator sees. Times are `performance.now()`. */
export class LoadRecorder {
  private acceptedRequests = 0;
  private windowRequests = 0;
  private readonly latencies: number[] = [];
  private readonly delays: number[] = [];
  private readonly failures: Record<string, number> = {};

  /** @param window the measured time */
  constructor(private readonly window: { from: number; to: number }) {}

  /** A request that was to be sent at `dueAt` was sent at `sentAt` and is answered now. */
  answered(status: number, dueAt: number, sentAt: number): void {
    if (status < 200 || status > 299) return this.failed(String(status));
    const now = performance.now();
    this.acceptedRequests += 1;
    if (this.isMeasured(now)) this.windowRequests += 1;
    if (!this.isMeasured(dueAt)) return;
    this.latencies.push(now - dueAt);
    this.delays.push(sentAt - dueAt);
  }

  failed(what: string): void {
    this.failures[what] = (this.failures[what] ?? 0) + 1;
  }

  result(alertsPerRequest: number, ownCpu: number): LoadResult {
    const { latencies, delays } = this;
    return {
      acceptedAlerts: this.acceptedRequests * alertsPerRequest,
      alertsPerSecond: (this.windowRequests * alertsPerRequest * 1_000) / (this.window.to - this.window.from),
      failures: this.failures,
      latencyMs:
        latencies.length === 0
          ? null
          : { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), max: percentile(latencies, 1) },
      ownDelayMsP99: delays.length === 0 ? 0 : percentile(delays, 0.99),
      ownCpu,
    };
  }

  private isMeasured(at: number): boolean {
    return at >= this.window.from && at < this.window.to;
  }
}
