import { measuredExpression } from './measured-expression';

describe('what a rule measures', () => {
  it.each([
    ['node_load1 > 4', 'node_load1'],
    [
      '(rate(errors_total[5m]) / rate(requests_total[5m])) >= bool 0.05',
      '(rate(errors_total[5m]) / rate(requests_total[5m]))',
    ],
    ['10 < sum by (job) (up)', 'sum by (job) (up)'],
    ['( a > 1 )', 'a'],
    ['a > b', 'a > b'],
    ['a > 1 and b > 2', 'a > 1 and b > 2'],
    ['absent(up)', 'absent(up)'],
    ['no promql (', 'no promql ('],
  ])('of %s is %s', (expression, measured) => {
    expect(measuredExpression(expression)).toBe(measured);
  });
});
