import type { BacktestedRule, BacktestView } from '@alertagent/contracts';
import type { StoredBacktest } from './backtest.entity';
import type { SubjectRule } from './backtest-spec';

/** A backtest as the API shows it. */
export function backtestView(backtest: StoredBacktest): BacktestView {
  const { spec, outcome } = backtest;
  return {
    id: backtest.id,
    state: backtest.state,
    author: backtest.author.name,
    created_at: backtest.createdAt.toISOString(),
    started_at: backtest.startedAt?.toISOString() ?? null,
    ended_at: backtest.endedAt?.toISOString() ?? null,
    error: backtest.error,
    cluster_id: spec.clusterId,
    source_kind: spec.sourceKind,
    from: new Date(spec.from).toISOString(),
    to: new Date(spec.to).toISOString(),
    time_zone: spec.timeZone,
    interval_seconds: backtest.intervalMs === null ? null : backtest.intervalMs / 1000,
    in_step: backtest.isInStep,
    evaluations_done: backtest.done,
    evaluations_total: backtest.total,
    rule: backtestedRule(spec.first),
    compare: spec.second && backtestedRule(spec.second),
    result: outcome?.result ?? null,
    compared: outcome?.compared ?? null,
    comparison: outcome?.comparison ?? null,
  };
}

/** Which rule it was, and what decides about it. */
export const backtestedRule = (rule: SubjectRule): BacktestedRule => ({
  rule_id: rule.ruleId,
  version: rule.version,
  name: rule.name,
  expression: rule.expression,
  duration: rule.duration,
  keep_firing_for: rule.keepFiringFor,
});
