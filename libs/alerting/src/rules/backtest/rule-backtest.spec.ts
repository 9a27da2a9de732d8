import { compareFirings } from './compare-firings';
import { evaluationTimes } from './evaluation-times';
import { expandTemplate, isExpandable } from './expand-template';
import { firingFigures } from './firing-figures';
import { localHours } from './local-hours';
import type { RangeSeries } from './range-answer';
import { MOST_POINTS, rangeQueries } from './range-queries';
import { RuleBacktest, TooManyAlerts, type BacktestRule } from './rule-backtest';
import { findLiveGroup, readSourceGlobals } from './source-globals';

const MINUTE = 60_000;
const LIMITS = { alerts: 100, firings: 100 };

const rule = (changes: Partial<BacktestRule> = {}): BacktestRule => ({
  evaluator: 'prometheus',
  holdMs: 0,
  keepFiringMs: 0,
  limit: 0,
  name: 'Rule',
  group: 'group',
  labels: {},
  annotations: {},
  externalLabels: {},
  ...changes,
});

/** A series with results at these minutes. */
const at = (minutes: number[], labels: Record<string, string> = {}, value = '1'): RangeSeries => ({
  labels,
  times: minutes.map((minute) => minute * MINUTE),
  values: minutes.map(() => value),
});

/** Firings in minutes by the alert's labels, after ten evaluations a minute apart. */
function fired(of: BacktestRule, series: RangeSeries[], limits = LIMITS) {
  const run = new RuleBacktest(of, { first: 0, intervalMs: MINUTE, count: 10 }, limits);
  run.take(series, { index: 0, count: 10 });
  return {
    run,
    alerts: run.alerts.map(({ labels, firings }) => ({
      labels,
      firings: firings.map(({ fired_at, ended_at }) => [
        fired_at / MINUTE,
        ended_at === null ? null : ended_at / MINUTE,
      ]),
    })),
  };
}

describe('a rule on what its expression was', () => {
  it('keeps firing until the time is reached with Prometheus, and until it is exceeded with vmalert', () => {
    const timing = { keepFiringMs: 2 * MINUTE };
    const series = [at([1, 2])];
    expect(fired(rule(timing), series).alerts[0]!.firings).toEqual([[1, 5]]);
    expect(fired(rule({ ...timing, evaluator: 'vmalert' }), series).alerts[0]!.firings).toEqual([[1, 6]]);
  });

  it('counts the time for which it is kept anew after each result', () => {
    expect(fired(rule({ keepFiringMs: 2 * MINUTE }), [at([1, 3])]).alerts[0]!.firings).toEqual([[1, 6]]);
  });

  it('labels alerts as each evaluator does', () => {
    const series = [at([1], { __name__: 'm', job: 'a', i: '1' })];
    const labels = { job: 'mine', gone: '{{ $labels.none }}', what: '{{ .Labels.i }} of {{ $externalLabels.site }}' };
    const of = rule({ labels, externalLabels: { site: 'eu' } });
    expect(fired(of, series).alerts[0]!.labels).toEqual({
      i: '1',
      job: 'mine',
      what: '1 of eu',
      alertname: 'Rule',
    });
    expect(fired({ ...of, evaluator: 'vmalert' }, series).alerts[0]!.labels).toEqual({
      i: '1',
      job: 'mine',
      exported_job: 'a',
      what: '1 of eu',
      alertname: 'Rule',
      alertgroup: 'group',
    });
  });

  it('makes a new alert of each value that a label shows', () => {
    const of = rule({ labels: { value: 'is {{ $value }}' } });
    const series = [at([1, 2], { i: 'a' }, '0.00001'), { ...at([3], { i: 'a' }), values: ['2.50'] }];
    expect(fired(of, series).alerts.map(({ labels, firings }) => [labels.value, firings])).toEqual([
      ['is 1e-05', [[1, 3]]],
      ['is 2.5', [[3, 4]]],
    ]);
  });

  it('changes nothing at an evaluation that fails, whichever results clash', () => {
    const of = rule({ labels: { i: 'all' } });
    const { run, alerts } = fired(of, [at([1, 2, 3], { i: 'a' }), at([3, 4, 5], { i: 'b' })]);
    expect(alerts).toEqual([{ labels: { i: 'all', alertname: 'Rule' }, firings: [[1, 6]] }]);
    expect(run.failed).toMatchObject({ count: 1, first: { at: 3 * MINUTE } });
  });

  it('forgets every alert when there are more than the limit of the group', () => {
    const series = [at([1, 2, 3, 4], { i: 'a' }), at([3], { i: 'b' })];
    const { run, alerts } = fired(rule({ limit: 1, holdMs: MINUTE }), series);
    expect(alerts[0]!.firings).toEqual([[2, 3]]);
    expect(run.failed.count).toBe(1);
  });

  it('is the same in one stretch and in many, with results that come in several answers', () => {
    const series = [at([0, 1, 2, 5, 6, 7, 8, 9], { i: 'a' })];
    const whole = fired(rule({ holdMs: MINUTE }), series).alerts;
    const split = new RuleBacktest(rule({ holdMs: MINUTE }), { first: 0, intervalMs: MINUTE, count: 10 }, LIMITS);
    for (let index = 0; index < 10; index += 3) {
      const odd = at([1, 5, 7, 9], { i: 'a' });
      split.take([at([0, 2, 6, 8], { i: 'a' }), odd], { index, count: Math.min(3, 10 - index) });
    }
    expect(split.alerts.map(({ firings }) => firings.map(({ fired_at }) => fired_at / MINUTE))).toEqual(
      whole.map(({ firings }) => firings.map(([from]) => from)),
    );
  });

  it('has bounds', () => {
    const many = Array.from({ length: 5 }, (_, i) => at([1, 3, 5], { i: String(i) }));
    expect(() => fired(rule(), many, { alerts: 4, firings: 100 })).toThrow(TooManyAlerts);
    const { run } = fired(rule(), many, { alerts: 5, firings: 7 });
    expect([run.alerts.flatMap(({ firings }) => firings).length, run.droppedFirings]).toEqual([7, 8]);
  });
});

describe('the times of evaluations', () => {
  it('are in step with the group, from the first within the period to the last', () => {
    expect(evaluationTimes(100, 400, 100, 30)).toEqual({ first: 130, intervalMs: 100, count: 3 });
    expect(evaluationTimes(130, 430, 100, 30)).toEqual({ first: 130, intervalMs: 100, count: 4 });
    expect(evaluationTimes(131, 140, 100, 30).count).toBe(0);
  });

  it.each(['prometheus', 'vmalert'] as const)('are each asked for once, of %s', (evaluator) => {
    const times = evaluationTimes(0, 3_600_000, 45_000, 0);
    const asked: number[] = [];
    for (const [index, count] of [
      [0, 3],
      [3, 50],
      [53, times.count - 53],
    ] as const) {
      for (const { start, end, stepMs } of rangeQueries(times, { index, count }, evaluator)) {
        expect((end - start) / stepMs + 1).toBeLessThanOrEqual(MOST_POINTS);
        expect(evaluator === 'vmalert' ? stepMs >= 300_000 : stepMs === 45_000).toBe(true);
        for (let time = start; time <= end; time += stepMs) asked.push(time);
      }
    }
    const wanted = Array.from({ length: times.count }, (_, index) => index * 45_000);
    expect(asked.sort((a, b) => a - b)).toEqual(wanted);
  });
});

describe('templates of rules', () => {
  const data = { labels: { a: 'x' }, externalLabels: {}, value: '+Inf' };

  it('are expanded as far as they show labels and the value', () => {
    expect(expandTemplate('{{$labels.a}} {{ .Value }} {{ $labels.b }}.', data)).toBe('x +Inf .');
  });

  it.each(['{{ $labels.a | toUpper }}', '{{ if $value }}a{{ end }}', '{{- $labels.a }}', '{{ $labels.a -}}'])(
    'stay as written when they do more: %s',
    (template) => {
      expect([isExpandable(template), expandTemplate(template, data)]).toEqual([false, template]);
    },
  );
});

describe('figures', () => {
  const alert = (...firings: [number, number | null][]) => ({
    labels: { alertname: 'A' },
    annotations: {},
    lapses: 0,
    firings: firings.map(([from, to]) => ({ active_at: from, fired_at: from, ended_at: to })),
  });

  it('count what lies within the period only', () => {
    const period = { from: 100, to: 200 };
    expect(
      firingFigures([alert([0, 50], [60, 110], [150, 160], [190, 300]), alert([250, null])], period),
    ).toMatchObject({
      firings: 2,
      firing_at_start: 1,
      firing_at_end: 1,
      firing_ms: 10 + 10 + 10,
      longest_ms: 10,
      flaps: 2,
    });
  });

  it('compare the same alerts of two rules', () => {
    const period = { from: 0, to: 100 };
    const other = { ...alert([0, 10]), labels: { alertname: 'B' } };
    expect(compareFirings([alert([0, 20], [40, 60])], [alert([10, 50]), other], period)).toEqual({
      both_ms: 20,
      only_first_ms: 20,
      only_second_ms: 30,
      alerts_only_first: 0,
      alerts_only_second: 1,
    });
  });

  it('know local hours, and time zones that do not exist', () => {
    const berlin = localHours('Europe/Berlin')!;
    // The night in which summer time begins.
    expect(berlin(Date.UTC(2026, 2, 29, 0, 59))).toEqual({ date: '2026-03-29', weekday: 6, hour: 1 });
    expect(berlin(Date.UTC(2026, 2, 29, 1, 0))).toEqual({ date: '2026-03-29', weekday: 6, hour: 3 });
    expect(localHours('Mars/Base')).toBeNull();
  });
});

describe('what a Prometheus tells about itself', () => {
  it('is its interval and its external labels, as far as they can be read', () => {
    const yaml = 'global:\n  evaluation_interval: 30s\n  external_labels:\n    site: eu\n    number: 1\n';
    expect(readSourceGlobals(yaml)).toEqual({ evaluationIntervalMs: 30_000, externalLabels: { site: 'eu' } });
    for (const odd of ['', ': [', 'global: 1', 'global: {evaluation_interval: 0s}'])
      expect(readSourceGlobals(odd)).toEqual({ evaluationIntervalMs: null, externalLabels: {} });
  });

  const group = (name: string, ids: (string | null)[]) => ({
    name,
    interval: 15,
    lastEvaluation: '2026-01-05T00:00:07.250Z',
    rules: ids.map((id) => ({
      type: 'alerting',
      name: 'Rule',
      annotations: id === null ? {} : { alertagent_rule_id: id },
    })),
  });
  const wanted = { name: 'Rule', group: 'b', ruleId: 'id-1' };

  it('is when it evaluates the group of a rule that it has', () => {
    expect(findLiveGroup({ groups: [group('a', ['id-2']), group('b', ['id-1'])] }, wanted)).toEqual({
      intervalMs: 15_000,
      phaseMs: 7_250,
    });
    expect(findLiveGroup({ groups: [group('a', [null])] }, wanted)).not.toBeNull();
    expect(findLiveGroup({ groups: [group('a', ['id-2'])] }, wanted)).toBeNull();
    // Two groups have it: the one of the rule's own name is meant, if there is one.
    expect(findLiveGroup({ groups: [group('a', [null]), group('b', [null])] }, wanted)).not.toBeNull();
    expect(findLiveGroup({ groups: [group('a', [null]), group('c', [null])] }, wanted)).toBeNull();
    const never = { ...group('b', ['id-1']), lastEvaluation: '0001-01-01T00:00:00Z' };
    expect(findLiveGroup({ groups: [never] }, wanted)).toEqual({ intervalMs: 15_000, phaseMs: null });
    expect(findLiveGroup('nothing', wanted)).toBeNull();
  });
});
