import {
  firingCalendar,
  firingFigures,
  firingsWithin,
  localHours,
  unexpandedLabels,
  type FiredAlert,
  type Period,
  type RuleBacktest,
} from '@alertagent/alerting';
import type { BacktestedAlert, BacktestResult } from '@alertagent/contracts';
import { backtestedRule } from './backtest-view';
import type { BacktestSpec, SubjectRule } from './backtest-spec';
import type { EvaluationPlan } from './evaluation-plan';

/** Firings of one alert that are kept one by one. */
const MOST_LISTED = 1_000;

/** The part of time that counts: evaluations before it only find out what was on when it began. */
export const periodOf = ({ from, to }: BacktestSpec): Period => ({ from, to });

/** What came of a rule, but for its pages. */
export function backtestResult(
  run: RuleBacktest,
  { rule, spec, plan, sourceMs }: { rule: SubjectRule; spec: BacktestSpec; plan: EvaluationPlan; sourceMs: number },
): Omit<BacktestResult, 'pages' | 'pages_unknown'> {
  const period = periodOf(spec);
  const { firing_ms, longest_ms, ...counts } = firingFigures(run.alerts, period);
  const { times } = plan;
  const warmUp = Math.max(0, Math.ceil((spec.from - times.first) / times.intervalMs));
  return {
    rule: backtestedRule(rule),
    evaluations: times.count - warmUp,
    failed_evaluations: run.failed.count,
    failed_at: run.failed.first && new Date(run.failed.first.at).toISOString(),
    failure: run.failed.first?.reason ?? null,
    alerts: run.alerts.length,
    ...counts,
    firing_seconds: firing_ms / 1000,
    longest_seconds: longest_ms / 1000,
    ...firingCalendar(run.alerts, period, localHours(spec.timeZone)!),
    unexpanded_labels: unexpandedLabels(rule),
    dropped_firings: run.droppedFirings,
    source_seconds: Math.round(sourceMs) / 1000,
  };
}

/** The alerts that fired within the period, the longest first. */
export function backtestedAlerts(
  alerts: readonly FiredAlert[],
  side: BacktestedAlert['side'],
  period: Period,
): BacktestedAlert[] {
  return alerts
    .map((alert) => ({ alert, listed: firingsWithin(alert, period), figures: firingFigures([alert], period) }))
    .filter(({ listed }) => listed.length > 0)
    .sort((a, b) => b.figures.firing_ms - a.figures.firing_ms)
    .map(({ alert, listed, figures }) => ({
      side,
      labels: alert.labels,
      firing_count: listed.length,
      flaps: figures.flaps,
      firing_seconds: figures.firing_ms / 1000,
      longest_seconds: figures.longest_ms / 1000,
      firings: listed.slice(0, MOST_LISTED).map(({ active_at, fired_at, ended_at }) => ({
        active_at: new Date(active_at).toISOString(),
        fired_at: new Date(fired_at).toISOString(),
        ended_at: ended_at === null ? null : new Date(ended_at).toISOString(),
      })),
    }));
}
