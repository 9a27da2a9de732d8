import { runNodeProgram } from '../node-program';

/** Where requests go. */
export interface LoadTarget {
  /** What the bodies are: webhooks of an Alertmanager, or what a Prometheus posts to one. */
  kind: 'webhook' | 'alertmanager';
  port: number;
  path: string;
  /** Bearer token; null for none. */
  token: string | null;
}

/** What the load generator does. */
export interface LoadSettings {
  target: LoadTarget;
  /** Alerts in each request. */
  alerts: number;
  connections: number;
  /** Seconds that are not measured, at the same load. */
  warmUpSeconds: number;
  /** Seconds that are measured. */
  seconds: number;
  /** Requests per second, sent whether or not earlier ones were answered; null: each connection sends as fast as it is answered. */
  requestsPerSecond: number | null;
  /** Number of the first alert; loads on one server must not overlap. */
  firstAlert: number;
}

/** What it saw. */
export interface LoadResult {
  /** Alerts of all requests answered 2xx, warm-up and the last ones under way included. */
  acceptedAlerts: number;
  /** Alerts per second answered 2xx within the measured window. */
  alertsPerSecond: number;
  /** Requests that were refused or broke, with what came back how often. */
  failures: Record<string, number>;
  /** Milliseconds from when a request of the window was to be sent to its answer; null when none was answered. */
  latencyMs: { p50: number; p99: number; max: number } | null;
  /** How late the generator itself was at the 99th percentile, ms: part of the latencies above. */
  ownDelayMsP99: number;
  /** CPU time of the generator as a share of one core. */
  ownCpu: number;
}

/** Runs the load generator in its own process. */
export function runLoad(settings: LoadSettings): Promise<LoadResult> {
  return runNodeProgram<LoadResult>(
    'load/load-generator',
    settings,
    (settings.warmUpSeconds + settings.seconds + 60) * 1_000,
  );
}
