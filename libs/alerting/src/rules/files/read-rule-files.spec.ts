import { parse } from 'yaml';
import { contents, faults, only } from '../../../test/read-files';
import { printRuleFile, printRuleResource, resourceName } from './print-rule-files';
import { readRuleFiles } from './read-rule-files';
import { isRefused } from './rule-file-content';

const FULL = `groups:
- name: node
  interval: 30s
  query_offset: 1m
  limit: 10
  labels: {team: infra}
  rules:
  - alert: InstanceDown
    expr: up == 0
    for: 5m
    keep_firing_for: 10m
    labels: {severity: yes, port: 8080, version: 1.10, empty: }
    annotations: {summary: "{{ $labels.instance }} is down"}
  - record: job:up:sum
    expr: |
      sum by (job) (
        up
      )
    labels: {level: '1'}
`;

it('comments may stand close behind quotes and brackets, as for Prometheus', () => {
  const text =
    'groups: # all\n- name: "a"# first\n  labels: {b: \'c\'}# none\n  rules: [{alert: A, expr: "1"#x\n    }]\n';
  expect(faults(only(text))).toEqual([]);
  expect(contents(only(text).groups)).toEqual([{ name: 'a', labels: { b: 'c' }, rules: [{ alert: 'A', expr: '1' }] }]);
});

describe('a rule file of Prometheus', () => {
  it('is read with everything Prometheus reads, texts as they stand there', () => {
    const file = only(FULL);
    expect(faults(file)).toEqual([]);
    expect(contents(file.groups)).toEqual([
      {
        name: 'node',
        interval: '30s',
        query_offset: '1m',
        limit: 10,
        labels: { team: 'infra' },
        rules: [
          {
            alert: 'InstanceDown',
            expr: 'up == 0',
            for: '5m',
            keep_firing_for: '10m',
            labels: { severity: 'yes', port: '8080', version: '1.10', empty: '' },
            annotations: { summary: '{{ $labels.instance }} is down' },
          },
          { record: 'job:up:sum', expr: 'sum by (job) (\n  up\n)\n', labels: { level: '1' } },
        ],
      },
    ]);
    expect(file.groups[0]!.rules[1]).toMatchObject({ pointer: '/groups/0/rules/1', place: { line: 14, column: 5 } });
  });

  it('printed again is the same for a reader, and its long expressions stay readable', () => {
    const printed = printRuleFile(contents(only(FULL).groups));
    expect(contents(only(printed).groups)).toEqual(contents(only(FULL).groups));
    expect(printed).toContain('expr: |\n          sum by (job) (\n');
  });

  it('may share parts by anchors and merge keys', () => {
    const file = only(`groups:
- name: a
  rules:
  - &base {alert: One, expr: up, labels: &l {team: a, severity: page}}
  - {<<: *base, alert: Two}
  - alert: Three
    expr: up
    labels: {<<: *l, severity: info}
`);
    expect(contents(file.groups)[0]!.rules).toEqual([
      { alert: 'One', expr: 'up', labels: { team: 'a', severity: 'page' } },
      { alert: 'Two', expr: 'up', labels: { team: 'a', severity: 'page' } },
      { alert: 'Three', expr: 'up', labels: { severity: 'info', team: 'a' } },
    ]);
  });

  it('that is empty holds nothing, as for Prometheus', () => {
    for (const text of ['', '# nothing\n', 'groups:\n', 'groups: []', '{}', 'groups: [{name: a}]', '---\n']) {
      expect(faults(only(text))).toEqual([]);
      expect(only(text).groups.flatMap(({ rules }) => rules)).toEqual([]);
    }
  });

  it.each([
    [
      'an unknown field of a rule',
      '- {alert: A, expr: up, severity: x}',
      'unknown_field',
      '/groups/0/rules/0/severity',
    ],
    ['both kinds at once', '- {alert: A, record: b, expr: up}', 'bad_shape', '/groups/0/rules/0/record'],
    ['neither kind', '- {expr: up}', 'required', '/groups/0/rules/0'],
    ['no expression', '- {alert: A}', 'required', '/groups/0/rules/0/expr'],
    [
      'a recording rule with annotations',
      '- {record: a, expr: up, annotations: {a: b}}',
      'bad_shape',
      '/groups/0/rules/0/annotations',
    ],
    ['a label that is a list', '- {alert: A, expr: up, labels: {a: [b]}}', 'bad_shape', '/groups/0/rules/0/labels/a'],
    ['a rule that is no mapping', '- up == 0', 'bad_shape', '/groups/0/rules/0'],
  ])('names the rule at fault: %s', (_what, rule, code, pointer) => {
    const file = only(`groups:\n- name: g\n  rules:\n  - {alert: Fine, expr: up}\n  ${rule}\n`);
    expect(faults(file)).toEqual([['error', code, pointer.replace('rules/0', 'rules/1'), 5]]);
    expect(file.groups[0]!.rules.map(isRefused)).toEqual([false, true]);
  });

  it.each([
    ['a group name that comes twice', 'groups: [{name: a}, {name: a}]', 'not_unique', '/groups/1/name'],
    ['a group without a name', 'groups: [{rules: []}]', 'required', '/groups/0/name'],
    ['a limit that is no number', 'groups: [{name: a, limit: many}]', 'bad_shape', '/groups/0/limit'],
    ['an unknown field of a group', 'groups: [{name: a, concurrency: 2}]', 'unknown_field', '/groups/0/concurrency'],
    ['an unknown field of the file', 'group: []', 'unknown_field', '/group'],
    ['no mapping', '- a', 'bad_shape', ''],
    ['a key that comes twice', 'groups: []\ngroups: []', 'bad_yaml', ''],
    ['an alias to nowhere', 'groups: *a', 'bad_yaml', ''],
    ['broken YAML', 'groups: [', 'bad_yaml', ''],
    ['a template of Helm', '{{ if .Values.a }}\ngroups: []\n{{ end }}', 'bad_yaml', ''],
  ])('names what is wrong with the file: %s', (_what, text, code, pointer) => {
    const found = readRuleFiles(text).flatMap(faults);
    expect(found).toContainEqual(['error', code, pointer, expect.any(Number)]);
  });

  it('holds only its first document, and says so', () => {
    const file = only('groups: [{name: a, rules: [{alert: A, expr: up}]}]\n---\ngroups: [{name: b}]\n');
    expect(file.groups.map(({ name }) => name)).toEqual(['a']);
    expect(faults(file)).toEqual([['warning', 'left_out', '', 3]]);
  });

  it('of the Cortex tools names its namespace', () => {
    expect(only('namespace: team\ngroups: [{name: a}]')).toMatchObject({ namespace: 'team', groups: [{ name: 'a' }] });
  });

  it('can not make itself larger by aliases', () => {
    const rule = '{alert: A, expr: up}';
    const rules = `[&r ${rule}, ${Array.from({ length: 999 }, () => '*r').join(', ')}]`;
    const groups = Array.from(
      { length: 40 },
      (_, index) => `- {name: g${index}, rules: ${index ? '*rules' : `&rules ${rules}`}}`,
    ).join('\n');
    expect(faults(only(`groups:\n${groups}\n`))).toEqual([['error', 'bad_yaml', '', 2]]);
    const spec = `spec:\n  groups:\n${groups.replace(/^/gm, '  ')}\n`;
    const resource = `apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n${spec}`;
    expect(faults(only(resource))).toEqual([['error', 'too_many', '/spec/groups/20', 25]]);
  });

  it('is read by the rules of go-yaml, down to its numbers, its octets and what it passes over', () => {
    const file = only(`groups:
-
- name: !!binary aGVsbG8=
  limit: 0x10
  rules:
  -
  - {alert: "A
B", expr: up, labels: {on: yes, ~: gone, sum: 1_000}}
- {name: floats, limit: 1e2, rules: []}
...
groups: [
`);
    expect(faults(file)).toEqual([['warning', 'left_out', '', 11]]);
    expect(contents(file.groups)).toEqual([
      { name: 'hello', limit: 16, rules: [{ alert: 'A B', expr: 'up', labels: { on: 'yes', sum: '1_000' } }] },
      { name: 'floats', limit: 100, rules: [] },
    ]);
    expect(file.groups[0]!.rules[0]!.pointer).toBe('/groups/1/rules/1');
  });

  it('that was rendered here names the rule it came from', () => {
    const annotations = '{alertagent_rule_id: r1, alertagent_rule_version: "3"}';
    const file = only(
      `groups: [{name: a, rules: [{alert: A, expr: up, annotations: ${annotations}}, {alert: B, expr: up}]}]`,
    );
    expect(file.groups[0]!.rules.map(({ managed }) => managed)).toEqual([{ rule_id: 'r1', version: 3 }, null]);
  });
});

describe('a PrometheusRule resource', () => {
  const resource = (name: string, space = 'monitoring') => `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: ${name}, namespace: ${space}, labels: {role: alert-rules}}
spec:
  groups:
  - name: g
    partial_response_strategy: warn
    rules: [{alert: A, expr: 1, labels: {severity: page}}]
`;
  const other = 'apiVersion: v1\nkind: Service\nmetadata: {name: x}\n';

  it('is read alone, in several documents with others between, and in a list', () => {
    const indented = (text: string) => text.replace(/^/gm, '  ').replace(/^ {2}/, '- ');
    const list = `apiVersion: v1\nkind: List\nitems:\n${[resource('a'), other, resource('b')].map(indented).join('\n')}`;
    const several = [resource('a'), other, resource('b')].join('---\n');
    expect(only(resource('a'))).toMatchObject({ format: 'crd', namespace: 'monitoring/a' });
    for (const text of [list, several]) {
      const files = readRuleFiles(text);
      expect(files.map(({ namespace }) => namespace)).toEqual(['monitoring/a', null, 'monitoring/b']);
      expect(contents(files[2]!.groups)[0]!.rules).toEqual([{ alert: 'A', expr: '1', labels: { severity: 'page' } }]);
      for (const file of files.slice(1)) {
        expect(faults(file)).toEqual([['warning', 'left_out', expect.any(String), expect.any(Number)]]);
      }
    }
  });

  it('is printed so that it is read again with its name', () => {
    const groups = contents(only(FULL).groups);
    const printed = printRuleResource({ ...resourceName('monitoring/node'), labels: { role: 'x' } }, groups);
    expect(only(printed)).toMatchObject({ format: 'crd', namespace: 'monitoring/node', problems: [] });
    expect(contents(only(printed).groups)).toEqual(groups);
    expect(parse(printed)).toMatchObject({
      metadata: { name: 'node', namespace: 'monitoring', labels: { role: 'x' } },
    });
  });

  it.each([
    ['monitoring/node', 'node', 'monitoring'],
    ['Team A/böse_Namen..x', 'team-a-b-se-namen.x', undefined],
    ['', 'alertagent-rules', undefined],
    ['a/b/c', 'a-b-c', undefined],
  ])('of the namespace "%s" is called %s', (namespace, name, space) => {
    expect(resourceName(namespace)).toEqual({ name, ...(space ? { namespace: space } : {}) });
  });
});
