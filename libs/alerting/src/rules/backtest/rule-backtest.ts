import { alertLabels, isLabelledByValue, labelKey, type AlertLabelling } from './alert-labels';
import { AlertStates, type AlertTiming } from './alert-states';
import type { EvaluationTimes } from './evaluation-times';
import { expandTemplate } from './expand-template';
import { Firings, type FiredAlert } from './firings';
import type { RangeSeries } from './range-answer';

/** A rule as a backtest sees it. */
export interface BacktestRule extends AlertTiming, AlertLabelling {
  annotations: Readonly<Record<string, string>>;
}

/** How much may be kept. */
export interface BacktestLimits {
  /** Different alerts; more of them end the backtest. */
  alerts: number;
  /** Firings that are kept; further ones are only counted. */
  firings: number;
}

/** Thrown when a rule makes more alerts than a backtest may hold. */
export class TooManyAlerts extends Error {}

/** Results of one series within a stretch of evaluations: the value at each, undefined where there is none. */
interface Row {
  labels: Record<string, string>;
  /** The number of its alert, when that does not depend on the value. */
  alert: number;
  values: (string | undefined)[];
}

/** Evaluates a rule on what its expression was, stretch by stretch in the order of time. */
export class RuleBacktest {
  /** Evaluations that failed: two results became the same alert, or there were more alerts than the group's limit. */
  failed = { count: 0, first: null as { at: number; reason: string } | null };
  private readonly firings: Firings;
  private readonly states: AlertStates;
  private readonly numbers = new Map<string, number>();
  private readonly isByValue: boolean;

  constructor(
    private readonly rule: BacktestRule,
    private readonly times: EvaluationTimes,
    private readonly limits: BacktestLimits,
  ) {
    this.firings = new Firings(limits.firings);
    this.states = new AlertStates(rule, this.firings);
    this.isByValue = isLabelledByValue(rule);
  }

  /** The alerts so far. */
  get alerts(): FiredAlert[] {
    return this.firings.alerts;
  }

  /** Firings that were only counted. */
  get droppedFirings(): number {
    return this.firings.dropped;
  }

  /** The answers to all queries of the stretch from `index` on; `offsetMs` is what their times are before those of the evaluations. */
  take(series: readonly RangeSeries[], { index, count }: { index: number; count: number }, offsetMs = 0): void {
    const rows = this.rowsOf(series, { index, count }, offsetMs);
    const isShared = !this.isByValue && new Set(rows.map(({ alert }) => alert)).size < rows.length;
    const mayRepeat = this.isByValue || isShared;
    const present: number[] = [];
    for (let step = 0; step < count; step += 1) {
      present.length = 0;
      for (const row of rows) {
        const value = row.values[step];
        if (value === undefined) continue;
        present.push(this.isByValue ? this.numberOf(row.labels, value) : row.alert);
      }
      const at = this.times.first + (index + step) * this.times.intervalMs;
      if (mayRepeat && new Set(present).size < present.length) {
        this.fail(at, 'two results became the same alert: the vector contains metrics with the same labelset');
      } else if (!this.states.evaluate(at, present)) {
        this.fail(at, `there were more alerts than the limit of ${this.rule.limit}`);
      }
    }
  }

  private rowsOf(
    series: readonly RangeSeries[],
    { index, count }: { index: number; count: number },
    offsetMs: number,
  ): Row[] {
    const rows = new Map<string, Row>();
    const { first, intervalMs } = this.times;
    const start = first + index * intervalMs - offsetMs;
    for (const { labels, times, values } of series) {
      const key = labelKey(labels);
      let row = rows.get(key);
      if (!row) {
        const alert = this.isByValue ? -1 : this.numberOf(labels, values[0] ?? 'NaN');
        row = { labels, alert, values: new Array<string | undefined>(count).fill(undefined) };
        rows.set(key, row);
      }
      for (let point = 0; point < times.length; point += 1) {
        const step = Math.round((times[point]! - start) / intervalMs);
        if (step >= 0 && step < count) row.values[step] = values[point];
      }
    }
    return [...rows.values()];
  }

  private numberOf(series: Record<string, string>, value: string): number {
    const labels = alertLabels(this.rule, series, value);
    const key = labelKey(labels);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    if (this.numbers.size >= this.limits.alerts)
      throw new TooManyAlerts(`the rule makes more than ${this.limits.alerts} different alerts`);
    const data = { labels: series, externalLabels: this.rule.externalLabels, value };
    const annotations = Object.fromEntries(
      Object.entries(this.rule.annotations).map(([name, text]) => [name, expandTemplate(text, data)]),
    );
    const number = this.firings.add(labels, annotations);
    this.numbers.set(key, number);
    return number;
  }

  private fail(at: number, reason: string): void {
    this.failed.count += 1;
    this.failed.first ??= { at, reason };
  }
}
