import { validateRule, type RuleDefinition } from './rule';

function rule(over: Partial<RuleDefinition> = {}): RuleDefinition {
  return { name: 'InstanceDown', expression: 'up == 0', labels: {}, annotations: {}, ...over };
}

it('a complete rule is valid', () => {
  const complete = rule({
    group: 'node',
    duration: '5m',
    keep_firing_for: '0s',
    severity: 'critical',
    interval: '30s',
    labels: { team: 'platform', zone: '{{ $labels.zone }}' },
    annotations: { summary: '{{ $labels.instance }} 停了: {{ $value }}', description: 'Two\nlines' },
  });
  expect(validateRule(complete)).toEqual([]);
});

it.each<[string, Partial<RuleDefinition>, string, string]>([
  ['an empty name', { name: '' }, '/name', 'required'],
  ['a name of spaces', { name: '  ' }, '/name', 'required'],
  ['a name with a trailing space', { name: 'a ' }, '/name', 'surrounding_space'],
  ['a name of 201 characters', { name: 'x'.repeat(201) }, '/name', 'too_long'],
  ['a line end in the name', { name: 'a\nb' }, '/name', 'control_character'],
  ['broken Unicode in the name', { name: 'a\ud800' }, '/name', 'not_unicode'],
  ['a template as name', { name: '{{ $value }}' }, '/name', 'bad_template'],
  ['an empty group', { group: '' }, '/group', 'required'],
  ['a bad expression', { expression: 'up ==' }, '/expression', 'bad_promql'],
  ['an expression that can never fire', { expression: 'up[5m]' }, '/expression', 'bad_promql'],
  ['a fractional duration', { duration: '1.5h' }, '/duration', 'bad_duration'],
  ['an empty duration', { duration: '' }, '/duration', 'bad_duration'],
  ['a bad keep_firing_for', { keep_firing_for: '5' }, '/keep_firing_for', 'bad_duration'],
  ['an interval of nothing', { interval: '0s' }, '/interval', 'bad_duration'],
  ['an empty severity', { severity: '' }, '/severity', 'required'],
  ['severity twice', { severity: 'a', labels: { severity: 'b' } }, '/labels/severity', 'duplicate'],
  ['a label without a name', { labels: { '': 'x' } }, '/labels/', 'bad_name'],
  ['a label called alertname', { labels: { alertname: 'x' } }, '/labels/alertname', 'reserved'],
  ['a label called __name__', { labels: { __name__: 'x' } }, '/labels/__name__', 'reserved'],
  ['a label called constructor', { labels: { constructor: 'x' } }, '/labels/constructor', 'reserved'],
  [
    'an annotation of ours',
    { annotations: { alertagent_rule_id: 'x' } },
    '/annotations/alertagent_rule_id',
    'reserved',
  ],
  ['the value in a label', { labels: { v: '{{ $value }}' } }, '/labels/v', 'value_in_label'],
  ['the value in severity', { severity: '{{ .Value }}' }, '/severity', 'value_in_label'],
  ['a query in an annotation', { annotations: { a: '{{ query "up" }}' } }, '/annotations/a', 'bad_template'],
  ['a control character in a label', { labels: { a: 'x\u0000' } }, '/labels/a', 'control_character'],
  ['a label of 4,097 bytes', { labels: { a: 'é'.repeat(2049) } }, '/labels/a', 'too_long'],
  [
    'a control character in an annotation name',
    { annotations: { 'a\u0007': 'x' } },
    '/annotations/a\\u0007',
    'bad_name',
  ],
  ['a recording rule that waits', { kind: 'recording', duration: '5m' }, '/duration', 'not_for_recording'],
  ['a recording rule with a severity', { kind: 'recording', severity: 'x' }, '/severity', 'not_for_recording'],
  [
    'a recording rule with annotations',
    { kind: 'recording', annotations: { a: 'x' } },
    '/annotations',
    'not_for_recording',
  ],
])('%s is refused at its place', (_, over, pointer, code) => {
  expect(validateRule(rule(over)).map((problem) => [problem.pointer, problem.code])).toContainEqual([pointer, code]);
});

it('names that only Prometheus 3 takes are no fault of the rule, and labels of a recording rule are no templates', () => {
  expect(validateRule(rule({ labels: { 'a-b': 'x', größe: '1' } }))).toEqual([]);
  expect(validateRule(rule({ kind: 'recording', name: 'a:b', labels: { a: '{{ $value' } }))).toEqual([]);
});

it('a label called __proto__ is refused and pollutes nothing', () => {
  const labels = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
  expect(validateRule(rule({ labels }))).toMatchObject([{ pointer: '/labels/__proto__', code: 'reserved' }]);
  expect('x' in {}).toBe(false);
});

it('all problems are reported at once, and none repeats long input', () => {
  const problems = validateRule(rule({ name: '', duration: 'x'.repeat(5000), labels: { ['-'.repeat(5000)]: 'x' } }));
  expect(problems).toHaveLength(3);
  for (const { pointer, detail } of problems) expect((pointer + detail).length).toBeLessThan(200);
});

it('65 labels are too many', () => {
  const labels = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`l${index}`, 'x']));
  expect(validateRule(rule({ labels }))).toMatchObject([{ pointer: '/labels', code: 'too_many' }]);
});

it('an expression that only newer versions take is kept for their clusters, and one that none takes is refused', () => {
  expect(validateRule(rule({ expression: '{"a.b"} > 5m' }))).toEqual([]);
  expect(validateRule(rule({ expression: 'limitk(3, up)' }))).toMatchObject([{ pointer: '/expression' }]);
});
