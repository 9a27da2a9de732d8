import { normaliseAlert, type NormalisedAlert } from '../webhook/normalised-alert';
import { compileSuppression, isCompiled, matchSuppression, type CompiledSuppression } from './suppression';

const START = Date.parse('2026-11-22T10:00:00Z');

function alert(labels: Record<string, string>, status: 'firing' | 'resolved' = 'firing'): NormalisedAlert {
  return normaliseAlert({ status, labels: { alertname: 'A', ...labels }, startsAt: '2026-11-22T10:00:00Z' }, 'c1');
}

function compiled(condition: string, duration?: string): CompiledSuppression[] {
  const result = compileSuppression([{ name: 'maintenance-window', condition, duration }]);
  if (!isCompiled(result)) throw new Error(JSON.stringify(result));
  return result;
}

function suppresses(condition: string, labels: Record<string, string>): boolean {
  return matchSuppression(compiled(condition), alert(labels), START) !== null;
}

it('an alert that meets the condition is suppressed, and told by which rule', () => {
  const found = matchSuppression(compiled("labels.maintenance == 'true'"), alert({ maintenance: 'true' }), START);
  expect(found).toMatchObject({ name: 'maintenance-window' });
  expect(found?.why).toContain('maintenance-window');
});

it.each([
  ["labels.maintenance == 'true'", { maintenance: 'false' }, false],
  ["labels.maintenance == 'true'", {}, false],
  ["!(labels.maintenance == 'true')", {}, false],
  ["labels.a == '1' || labels.b == '2'", { b: '2' }, true],
  ["'b' in labels && labels.b.startsWith('x')", { b: 'xy' }, true],
  ["name == 'A' && severity == '' && cluster == 'c1'", {}, true],
  ["labels['a-b'] == 'x'", { 'a-b': 'x' }, true],
  ["labels.toString == 'x'", {}, false],
])('%s on %j gives %s', (condition, labels, expected) => {
  expect(suppresses(condition, labels)).toBe(expected);
});

it('a resolved alert is never suppressed', () => {
  expect(matchSuppression(compiled("name == 'A'"), alert({}, 'resolved'), START)).toBeNull();
});

it('a suppression ends when its duration since the start of the alert is over', () => {
  const rules = compiled("name == 'A'", '2h');
  expect(matchSuppression(rules, alert({}), START + 7_200_000)).not.toBeNull();
  expect(matchSuppression(rules, alert({}), START + 7_200_001)).toBeNull();
});

it.each([
  ["lables.a == '1'", 'lables'],
  ['labels.a == 1', 'overload'],
  ['labels.a', 'not true or false'],
  ["labels.a.matches('^(a+)+$')", 'matches'],
  ["labels.all(k, k.matches('x'))", 'matches'],
  ['labels.a ==', ''],
  [Array.from({ length: 300 }, () => "labels.a == 'x'").join(' || '), ''],
  ['"' + 'x'.repeat(3000) + '" == name', 'longer'],
])('the condition %.40s is refused at its place', (condition, reason) => {
  const result = compileSuppression([{ name: 'r', condition }]);
  expect(result).toMatchObject([{ pointer: '/0/condition', code: 'bad_condition' }]);
  expect(JSON.stringify(result)).toContain(reason);
});

it('a duration that Prometheus would not read is refused', () => {
  expect(compileSuppression([{ name: 'r', condition: 'true', duration: '2 hours' }])).toMatchObject([
    { pointer: '/0/duration', code: 'bad_duration' },
  ]);
});

it('no rules compile to no rules', () => {
  const result = compileSuppression([]);
  expect(isCompiled(result)).toBe(true);
  expect(matchSuppression([], alert({}), START)).toBeNull();
});
