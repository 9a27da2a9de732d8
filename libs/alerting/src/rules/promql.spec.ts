import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkExpression } from './promql';

function isValid(expression: string): boolean {
  return checkExpression(expression).faults.length === 0;
}

it.each([
  'up == 0',
  'sum by (instance) (rate(http_requests_total{code=~"5.."}[5m])) / 2 > 0.5',
  'a / b offset 1d',
  'foo offset -5m @ end()',
  'max_over_time(rate(foo[5m])[1h:1m])',
  'count_values("version", build_info)',
  '5. * foo',
  '# why\nup == 0',
  'foo and on (a, sum) bar',
])('%s is valid', (expression) => {
  expect(checkExpression(expression).faults).toEqual([]);
});

it.each([
  ['', 'no expression'],
  ['up ==', 'missing'],
  ['rate(foo)', 'a range of values'],
  ['rate(foo[5m', 'not closed'],
  ['foo{a=~"("}', 'regular expression'],
  ['{__name__=~".*"}', 'selector needs'],
  ['sum(a, b)', '1 argument'],
  ['1h', 'number'],
  ['foo[0m]', 'greater than 0'],
  ['foo[5]', 'duration'],
  ['rate(foo)[5m]', 'range'],
  ['sum(1)', 'vector'],
  ['foo and 1', 'set operator'],
  ['limitk(3, foo)', 'not known'],
  ['first_over_time(foo[5m])', 'not known'],
  ['{"foo"}', 'quoted'],
  ['foo @ 99999999999999999999', 'out of bounds'],
  ['"\\c"', 'escape'],
  ['foo\u00a0> 1', 'not expected'],
  ['sum by (nan) (foo)', 'label name'],
  ['`a\rb', 'not closed'],
  ['foo offset 5m offset 5m', 'once'],
])('%s is refused, with the reason', (expression, reason) => {
  expect(
    checkExpression(expression)
      .faults.map((fault) => fault.detail)
      .join(),
  ).toContain(reason);
});

it('a fault names line and column', () => {
  expect(checkExpression('foo\n  > sum(1)').faults[0]?.detail).toMatch(/^line 2, column 9: /);
});

it('text of any size and depth is answered without failing', () => {
  for (const part of ['(', '{', 'a+', '-', 'sum(', 'a[', '"']) {
    expect(isValid(part.repeat(5000) + 'a')).toBe(false);
  }
  expect(checkExpression('a'.repeat(1_000_000)).faults[0]?.code).toBe('too_long');
  expect(checkExpression('('.repeat(600) + 'a' + ')'.repeat(600)).faults[0]?.code).toBe('too_deep');
});

it('expressions longer than an editor would parse at once are still checked to their end', () => {
  const long = Array.from({ length: 200 }, (_, index) => `sum(rate(metric_number_${index}[5m]))`).join(' or ');
  expect(isValid(long)).toBe(true);
  expect(isValid(`${long} or rate(foo)`)).toBe(false);
});

interface Judged {
  expr: string;
  valid_by_promtool242: boolean | null;
}

/** Verdicts of promtool 2.42, collected beforehand; each copy of the project also has the few below. */
function judgedExpressions(): Judged[] {
  const corpora = process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../../shared/corpora');
  const file = join(corpora, 'promql/expressions.jsonl');
  const own: Judged[] = [
    { expr: 'up', valid_by_promtool242: true },
    { expr: 'histogram_avg(foo)', valid_by_promtool242: false },
    { expr: 'foo >/ 1', valid_by_promtool242: false },
  ];
  if (!existsSync(file)) return own;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return [...own, ...lines.map((line) => JSON.parse(line) as Judged)];
}

it('nothing is found valid that promtool 2.42 refuses, and nearly everything it takes is taken', () => {
  const judged = judgedExpressions().filter((one) => one.valid_by_promtool242 !== null);
  const falseValid = judged.filter((one) => !one.valid_by_promtool242 && isValid(one.expr));
  const falseRefusal = judged.filter((one) => one.valid_by_promtool242 && !isValid(one.expr));
  const agreed = judged.length - falseValid.length - falseRefusal.length;
  process.stdout.write(
    `promtool 2.42 agreement: ${agreed} of ${judged.length}, refused too much: ${falseRefusal.length}\n`,
  );
  expect(falseValid.map((one) => one.expr)).toEqual([]);
  expect(falseRefusal.length).toBeLessThanOrEqual(judged.length * 0.005);
});
