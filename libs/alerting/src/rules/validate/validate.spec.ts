import { grammarOf } from '../promql/grammar';
import { validateExpression, validateRuleDocument, validateRuleText } from './validate';

const options = (version = '2.42.0') => ({ grammar: grammarOf(version)!, lint: null });
const expression = (text: string, version?: string) => validateExpression(text, options(version));

it.each([
  ['foo\n  > sum(1)', 2, 9, null],
  ['raet(foo[5m])', 1, 1, 'rate'],
  ['rate(foo)', 1, 9, '[5m]'],
  ['foo => 1', 1, 5, '>='],
  ['1 > 2', 1, 3, '> bool'],
  ['sum(foo', 1, 4, null],
  ['foo{a=~"("}', 1, 8, null],
  ['sum(foo,)', 1, 8, ''],
])('%j is refused with its place and what was meant', (text, line, column, fix) => {
  const { valid, problems } = expression(text);
  expect(valid).toBe(false);
  expect(problems[0]).toMatchObject({ severity: 'error', pointer: '/expression', line, column, fix });
});

it.each([
  ['{"a.b"}', [false, true, true]],
  ['foo[300]', [false, false, true]],
  ['foo > 5m', [false, false, true]],
  ['1_000', [false, false, true]],
  ['foo[+5m]', [false, false, true]],
  ['sum by ("a.b") (foo)', [false, false, true]],
  ['histogram_avg(foo)', [false, true, true]],
  ['holt_winters(foo[5m], 0.5, 0.5)', [true, true, false]],
  ['limitk(3, foo)', [false, false, false]],
  ['info(foo)', [false, false, false]],
  ['foo[5m a]', [true, true, true]],
])('%s is judged by what 2.42, 2.53 and 3.5 take', (text, verdicts) => {
  expect(['2.42.0', '2.53.3', '3.5.3'].map((version) => expression(text, version).valid)).toEqual(verdicts);
});

it('text of any size and depth is answered, with a place', () => {
  for (const part of ['(', '{', 'a+', '-', 'sum(', 'a[', '"', 'a or ']) {
    expect(expression(part.repeat(20_000) + 'a').problems[0]).toMatchObject({ severity: 'error' });
  }
  expect(expression('a'.repeat(200_000)).problems[0]?.message).toContain('characters');
});

const FILE = `groups:
- name: g
  interval: 5 minutes
  rules:
  - alert: A
    expr: |
      sum(foo)
        by (job) =>
        1
    for: 90 sec
    severity: page
    annotations:
      summary: "a \\"b\\"
        {{ $x }}"
  - record: 'it''s'
    expr: >-
      sum(foo)

      > rate(bar)
- name: g
`;

it('problems of a file stand where they are in the file, inside of texts over several lines as well', () => {
  const { valid, problems } = validateRuleText(FILE, options());
  expect(valid).toBe(false);
  expect(problems.map(({ check, line, column, pointer, fix }) => [check, `${line}:${column}`, pointer, fix])).toEqual([
    ['rule/duration', '3:13', '/groups/0/interval', '5m'],
    ['promql/syntax', '8:18', '/groups/0/rules/0/expr', '>='],
    ['rule/duration', '10:10', '/groups/0/rules/0/for', '90s'],
    ['yaml/unknown-field', '11:5', '/groups/0/rules/0/severity', null],
    ['rule/template', '14:12', '/groups/0/rules/0/annotations/summary', null],
    ['rule/record-name', '15:14', '/groups/0/rules/1/record', null],
    ['promql/type', '19:17', '/groups/0/rules/1/expr', '[5m]'],
    ['group/name', '20:9', '/groups/1/name', null],
  ]);
});

it.each([
  ['an empty file', '', true],
  ['no groups', 'groups:\n', true],
  ['nothing in a list', 'groups:\n- ~\n- name: a\n  rules:\n  - \n', true],
  ['a second document that is no rule file', 'groups: []\n---\nfoo: bar\n', true],
  [
    'numbers where text belongs',
    'groups:\n- name: 1\n  rules:\n  - {record: a, expr: 1, labels: {a: 0x1F, b: no, c: ~}}\n',
    true,
  ],
  ['an unknown field', 'groups: []\nfoo: 1\n', false],
  ['a key twice', 'groups: []\ngroups: []\n', false],
  ['a tab as indentation', 'groups:\n\t- name: a\n', false],
  ['a limit in quotes', 'groups:\n- {name: a, limit: "5"}\n', false],
  ['a limit with a sign', 'groups:\n- {name: a, limit: +0x5}\n', true],
  ['merged mappings', 'groups:\n- &a {name: a, limit: 1}\n- {<<: *a, name: b}\n', true],
  ['a merged unknown field', 'x: &a {y: 1}\ngroups:\n- {<<: *a, name: b}\n', false],
  ['a tag that does not fit', 'groups:\n- {name: !!int a}\n', false],
  ['both alert and record', 'groups:\n- {name: a, rules: [{alert: A, record: b, expr: up}]}\n', false],
  ['for of a recording rule', 'groups:\n- {name: a, rules: [{record: b, expr: up, for: 1m}]}\n', false],
  ['for: 0s of a recording rule', 'groups:\n- {name: a, rules: [{record: b, expr: up, for: 0s}]}\n', true],
  ['a label called __name__', 'groups:\n- {name: a, rules: [{record: b, expr: up, labels: {__name__: c}}]}\n', false],
  ['a file of text', 'groups', false],
  ['a line that is indented less than the first', ' groups:\n- a\n', true],
  ['one that is, and can begin nothing', ' groups:\n@\n', false],
  ['a text in quotes that goes on at the margin', 'groups:\n- {name: a}\n- name: "b\nc"\n', true],
  ['comments close behind quotes and brackets', 'groups:\n- {name: "a"#c\n}# c\n- name: \'b\'#c\n', true],
  ['a comment close behind a colon', 'groups:#c\n- name: a\n', false],
  ['a lone null that more follows', 'Null\n# c\ngroups: 5\n', true],
  ['quotes that never close', 'groups:\n- name: "b\nc\n', false],
  ['an item on the line of the end of the document', 'groups:\n... - a\n', false],
  ['a key on the line of the end of the document', 'groups:\n... a: b\n', false],
  ['text on the line of the end of the document', 'groups:\n... a\n', true],
  ['a second document that cannot begin', 'groups:\n...\n@\n', false],
  ['an empty second document, and a third that cannot begin', 'groups:\n---\n---\n@\n', false],
  ['a third document that cannot begin', 'groups:\n---\na\n---\n@\n', true],
])('%s is judged as go-yaml reads it', (_, file, valid) => {
  expect(validateRuleText(file, options()).valid).toBe(valid);
});

it.each([
  ['texts in quotes that go on at the margin', `groups:\n${'- name: "b\nc"\n'.repeat(20_000)}`, false],
  ['spaces after the end of the document', `groups:\n--- a${' '.repeat(300_000)}\n`, true],
])('very many %s take no more than a few readings', (_, file, valid) => {
  expect(validateRuleText(file, options()).valid).toBe(valid);
});

it('a problem after quoted lines at the margin keeps its place', () => {
  const file = 'groups:\n- name: "b\nc"\n  rules:\n  - {alert: A, expr: up ==}\n';
  expect(validateRuleText(file, options()).problems).toMatchObject([{ check: 'promql/syntax', line: 5 }]);
});

it.each([
  ['groups:\n- {name: a, query_offset: 1m}\n', [false, true, true]],
  ['groups:\n- {name: a, labels: {a: b}}\n', [false, false, true]],
  ['groups:\n- {name: a, rules: [{alert: A, expr: up, labels: {a-b: c}}]}\n', [false, false, true]],
  ['groups:\n- {name: a, rules: [{record: a-b, expr: up}]}\n', [false, false, true]],
  ['groups:\n- {name: a, rules: [{record: "a{}", expr: up}]}\n', [false, false, false]],
  // Older versions keep an alias by its name.
  ['groups:\n- {name: a, rules: [{record: a, expr: &e "1 +"}, {record: b, expr: *e}]}\n', [false, false, false]],
  ['groups:\n- {name: a, rules: [{record: a, expr: ~}]}\n', [false, false, false]],
  ['groups:\n- {name: a, rules: [{record: a, expr: null}]}\n', [true, true, false]],
])('%j is judged by what 2.42, 2.53 and 3.5 take', (file, verdicts) => {
  expect(['2.42.0', '2.53.3', '3.5.3'].map((v) => validateRuleText(file, options(v)).valid)).toEqual(verdicts);
});

it('a rule is judged as it would be written into a file, with its parameters filled in', () => {
  const rule = {
    name: 'A',
    expression: 'up < ${limit}',
    duration: '5 minutes',
    labels: { 'a-b': 'x', team: '{{ $labels.x | foo }}' },
    annotations: { summary: '{{ query "up" | first | value }}' },
    parameters: { limit: 1 },
  };
  const { valid, problems } = validateRuleDocument(rule, options());
  expect(valid).toBe(false);
  expect(problems.map(({ check, severity, pointer, fix }) => [check, severity, pointer, fix])).toEqual([
    ['rule/duration', 'error', '/duration', '5m'],
    ['rule/label-name', 'error', '/labels/a-b', null],
    ['template-beyond-alert', 'warning', '/annotations/summary', null],
    ['rule/template', 'error', '/labels/team', null],
  ]);
});

it('a rule with hostile names is judged, and pollutes nothing', () => {
  const labels = JSON.parse('{"__proto__": "x", "constructor": "y"}') as object;
  const { valid } = validateRuleDocument({ name: '__proto__', expression: 'up == 0', labels }, options());
  expect([valid, 'x' in {}]).toEqual([true, false]);
});

it('a field that is no text is refused at its place', () => {
  const { valid, problems } = validateRuleDocument({ name: 5, expression: 'up', labels: { a: 1 } }, options());
  expect(valid).toBe(false);
  expect(problems.map(({ pointer }) => pointer)).toEqual(expect.arrayContaining(['/name', '/labels/a']));
});
