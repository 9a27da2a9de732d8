import fc from 'fast-check';
import { RuleBacktest, type BacktestRule } from '../src/rules/backtest/rule-backtest';
import type { RangeSeries } from '../src/rules/backtest/range-answer';
import { promtoolTest } from './promtool';

const INTERVAL_MS = 15_000;
const EVALUATIONS = 60;
const LIMITS = { alerts: 1000, firings: 10_000 };

/** `1` where the expression has a result. */
type Presence = boolean[];

interface Case {
  hold: number;
  keep: number;
  series: Presence[];
}

/** Stretches of results and of none, from single evaluations to long ones. */
const presence = fc
  .array(fc.tuple(fc.boolean(), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 }))), {
    minLength: 4,
    maxLength: 30,
  })
  .map((stretches) => stretches.flatMap(([is, length]) => new Array<boolean>(length).fill(is)))
  .map((all) => Array.from({ length: EVALUATIONS }, (_, index) => all[index % all.length]!));

const cases: fc.Arbitrary<Case> = fc.record({
  // Multiples of the interval and others, so that "reached" and "exceeded" are told apart.
  hold: fc.constantFrom(0, 15, 20, 30, 60, 75),
  keep: fc.constantFrom(0, 15, 20, 45, 60),
  series: fc.array(presence, { minLength: 1, maxLength: 3 }),
});

describe('a backtest, compared with promtool', () => {
  it('fires at exactly the evaluations at which Prometheus fires', async () => {
    const tried = fc.sample(cases, { numRuns: 40, seed: 7 });
    const rules = tried.map(({ hold, keep }, index) => ({
      alert: `Rule${index}`,
      expr: `rule${index} == 1`,
      ...(hold > 0 ? { for: `${hold}s` } : {}),
      ...(keep > 0 ? { keep_firing_for: `${keep}s` } : {}),
      labels: { kind: 'x-{{ $labels.i }}' },
    }));
    const tests = tried.map((each, index) => ({
      interval: '15s',
      input_series: each.series.map((present, number) => ({
        series: `rule${index}{i="${number}"}`,
        values: present.map((is) => (is ? '1' : '0')).join(' '),
      })),
      alert_rule_test: firingAt(each, index).map((exp_alerts, evaluation) => ({
        eval_time: `${evaluation * 15}s`,
        alertname: `Rule${index}`,
        exp_alerts,
      })),
    }));
    const groups = [{ name: 'g', rules }];
    expect(await promtoolTest({ groups }, { evaluation_interval: '15s', tests })).toBeNull();
    // promtool would say so if an alert were missing.
    const flat = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    const some = flat.find(({ exp_alerts }) => exp_alerts.length > 0)!;
    some.exp_alerts = [];
    expect(await promtoolTest({ groups }, { evaluation_interval: '15s', tests })).toContain(some.alertname);
  }, 120_000);
});

/** What we say fires at each evaluation, as promtool expects it. */
function firingAt({ hold, keep, series }: Case, index: number): { exp_labels: Record<string, string> }[][] {
  const rule: BacktestRule = {
    evaluator: 'prometheus',
    holdMs: hold * 1000,
    keepFiringMs: keep * 1000,
    limit: 0,
    name: `Rule${index}`,
    group: 'g',
    labels: { kind: 'x-{{ $labels.i }}' },
    annotations: {},
    externalLabels: {},
  };
  const run = new RuleBacktest(rule, { first: 0, intervalMs: INTERVAL_MS, count: EVALUATIONS }, LIMITS);
  const answers = series.map((present, number) => answerOf(`rule${index}`, number, present));
  // In uneven stretches: where one ends must not matter.
  for (let from = 0; from < EVALUATIONS; from += 17)
    run.take(answers, { index: from, count: Math.min(17, EVALUATIONS - from) });
  return Array.from({ length: EVALUATIONS }, (_, evaluation) => {
    const at = evaluation * INTERVAL_MS;
    return run.alerts
      .filter(({ firings }) => firings.some(({ fired_at, ended_at }) => fired_at <= at && (ended_at ?? Infinity) > at))
      .map(({ labels: { alertname: _, ...exp_labels } }) => ({ exp_labels }));
  });
}

function answerOf(name: string, number: number, present: Presence): RangeSeries {
  const times = present.flatMap((is, index) => (is ? [index * INTERVAL_MS] : []));
  return { labels: { __name__: name, i: String(number) }, times, values: times.map(() => '1') };
}
