import fc from 'fast-check';
import { diffExpressions } from './expression-diff';

const changes = (before: string, after: string) =>
  diffExpressions(before, after)?.changes.map((change) => [change.what, change.before, change.after]);

describe('the diff of two expressions', () => {
  it.each([
    ['blanks and comments', 'sum(up)==0', 'sum( up )\n== 0 # nobody is left'],
    ['quotes', `up{job="a"}`, `up{job='a'}`],
    ['the order of matchers', 'up{a="1",b="2"}', 'up{b="2",a="1"}'],
    ['the place of the metric name', 'up{a="1"}', '{a="1",__name__="up"}'],
    ['how numbers are spelled', 'x > 1000', 'x > 1e3'],
    ['how durations are spelled', 'rate(x[60s])', 'rate(x[1m])'],
    ['where the grouping stands, in which order', 'sum by (a, b) (x)', 'sum(x) by (b,a)'],
    ['parentheses without effect', '(x + y) > 1', 'x + y > 1'],
    ['capitals in keywords', 'sum BY (a) (x) AND y', 'SUM by (a) (x) and y'],
  ])('calls %s formatting', (_what, before, after) => {
    expect(diffExpressions(before, after)).toMatchObject({ change: 'formatting', changes: [] });
  });

  it.each([
    ['a threshold', 'x > 0.5', 'x > 0.8', [['threshold', '0.5', '0.8']]],
    ['a threshold below zero', 'x < -5', 'x < 5', [['threshold', '-5', '5']]],
    ['a threshold that is a parameter', 'x > ${limit}', 'x > ${other}', [['threshold', '${limit}', '${other}']]],
    ['a range', 'rate(x[5m]) > 1', 'rate(x[10m]) > 1', [['range', '[5m]', '[10m]']]],
    ['a range of a subquery', 'max_over_time(x[1h:1m])', 'max_over_time(x[1h:5m])', [['range', '[1h:1m]', '[1h:5m]']]],
    ['an offset', 'x', 'x offset 1h', [['offset', null, 'offset 1h']]],
    ['a function', 'rate(x[5m])', 'irate(x[5m])', [['function', 'rate', 'irate']]],
    ['an aggregation', 'sum(x)', 'max(x)', [['aggregation', 'sum', 'max']]],
    ['a grouping', 'sum by (a) (x)', 'sum without (a) (x)', [['grouping', 'by (a)', 'without (a)']]],
    ['a metric', 'up == 0', 'down == 0', [['metric', 'up', 'down']]],
    ['an operator', 'x > 1', 'x >= 1', [['operator', '>', '>=']]],
    ['vector matching', 'x / on(a) y', 'x / on(a, b) y', [['matching', 'on(a)', 'on(a, b)']]],
    ['a condition that came', 'x > 1', 'x > 1 and y', [['condition', null, 'and y']]],
    ['a condition that went', 'x > 1 and y unless z', 'x > 1 unless z', [['condition', 'and y', null]]],
    [
      'matchers',
      'up{job="a", env="prod"}',
      'up{job=~"a|b", zone="1"}',
      [
        ['matcher', 'job="a"', 'job=~"a|b"'],
        ['matcher', 'env="prod"', null],
        ['matcher', null, 'zone="1"'],
      ],
    ],
    [
      'several things at once, deep inside',
      'sum by (job) (rate(errors_total{code="500"}[5m])) / sum by (job) (rate(all_total[5m])) > 0.01',
      'sum by (job) (rate(errors_total{code=~"5.."}[5m])) / sum by (job) (rate(all_total[10m])) > 0.02',
      [
        ['matcher', 'code="500"', 'code=~"5.."'],
        ['range', '[5m]', '[10m]'],
        ['threshold', '0.01', '0.02'],
      ],
    ],
    ['something else altogether', 'x', 'absent(y)', [['structure', 'x', 'absent(y)']]],
  ])('names %s', (_what, before, after, expected) => {
    expect(diffExpressions(before, after)?.change).toBe('changed');
    expect(changes(before, after)).toEqual(expected);
  });

  it('does not mistake a parameter in a string for one outside', () => {
    expect(changes('x{a="${b}"} > 1', 'x{a="${c}"} > 1')).toEqual([['matcher', 'a="${b}"', 'a="${c}"']]);
  });

  it('shows expressions that do not follow the grammar token by token, as changed', () => {
    expect(diffExpressions('sum(', 'sum(x')).toMatchObject({ change: 'changed', changes: [] });
  });

  it('marks exactly the tokens that differ', () => {
    expect(diffExpressions('rate(x[5m]) > 1', 'rate(x[10m]) > 1')?.parts).toEqual([
      { op: 'same', text: 'rate(x[' },
      { op: 'removed', text: '5m' },
      { op: 'added', text: '10m' },
      { op: 'same', text: ']) > 1' },
    ]);
  });

  it('loses nothing of what is written now, for any text', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const parts = diffExpressions(before, after)?.parts;
        if (!parts) return;
        const kept = parts.filter(({ op }) => op !== 'removed').map(({ text }) => text);
        expect(kept.join('')).toBe(after);
      }),
    );
  });
});
