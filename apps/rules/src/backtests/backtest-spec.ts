import type { BacktestComparison, BacktestResult, SourceKind } from '@alertagent/contracts';

/** A rule as it was when the backtest was asked for; durations in milliseconds. */
export interface SubjectRule {
  ruleId: string | null;
  version: number | null;
  name: string;
  group: string;
  expression: string;
  duration: string | null;
  keepFiringFor: string | null;
  holdMs: number;
  keepFiringMs: number;
  /** Severity included. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** That of its group; null when the source decides. */
  intervalMs: number | null;
  limit: number;
  queryOffsetMs: number;
}

/** Everything a backtest is about; nothing that changes later has any effect on it. */
export interface BacktestSpec {
  first: SubjectRule;
  second: SubjectRule | null;
  clusterId: string | null;
  sourceUrl: string;
  sourceKind: SourceKind;
  /** Epoch milliseconds. */
  from: number;
  to: number;
  /** As it was asked for. */
  intervalMs: number | null;
  timeZone: string;
}

/** What came of it. */
export interface BacktestOutcome {
  result: BacktestResult;
  compared: BacktestResult | null;
  comparison: BacktestComparison | null;
}
