import { fillIn, fillInRule, overriddenParameterProblems } from './parameters';

it('only declared names are placeholders, and a value is not read again', () => {
  expect(fillIn('up > ${limit} or ${other} $1 ${limit}', { limit: '${limit} $& x' })).toBe(
    'up > ${limit} $& x or ${other} $1 ${limit} $& x',
  );
  expect(fillIn('a ${constructor}', {})).toBe('a ${constructor}');
  expect(fillIn('x > ${t}', { t: 1e-7 })).toBe('x > 1e-7');
});

it('placeholders stand in expression, durations, and values of labels and annotations', () => {
  const text = 'x ${p}';
  const rule = {
    expression: text,
    duration: '${p}m',
    keep_firing_for: null,
    labels: { [text]: text },
    annotations: { a: text },
  };
  expect(fillInRule(rule, { p: 5 })).toEqual({
    expression: 'x 5',
    duration: '5m',
    keep_firing_for: null,
    labels: { [text]: 'x 5' },
    annotations: { a: 'x 5' },
  });
});

it('an override gives values to declared parameters, of their type', () => {
  const problems = overriddenParameterProblems({ a: 1, b: 'x' }, { a: '1', b: 'y', c: 2 }, '/overrides/0/parameters');
  expect(problems.map(({ pointer, code }) => [pointer, code])).toEqual([
    ['/overrides/0/parameters/a', 'wrong_type'],
    ['/overrides/0/parameters/c', 'unknown_parameter'],
  ]);
});
