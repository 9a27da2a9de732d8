import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'yaml';
import { canaryGroup, canaryRule } from '../canary';
import { MARKER_RULE_ID } from './file-marker';
import { readRuleFile, renderRuleFile, type PlacedRule } from './rule-file';

function placed(over: Partial<PlacedRule> = {}): PlacedRule {
  return { rule_id: 'rule-1', version: 1, name: 'Down', expression: 'up == 0', labels: {}, annotations: {}, ...over };
}

it('a rule is written with its identity in annotations, and severity as a label only when it is set', () => {
  const file = renderRuleFile([
    placed({ duration: '5m', keep_firing_for: '1m', severity: 'no', labels: { team: 'a' } }),
    placed({ rule_id: 'rule-2', version: 7, name: 'Up', group: 'other' }),
  ]);
  expect(parse(file.content)).toEqual({
    groups: [
      {
        name: 'alertagent',
        rules: [
          {
            alert: 'Down',
            expr: 'up == 0',
            for: '5m',
            keep_firing_for: '1m',
            labels: { team: 'a', severity: 'no' },
            annotations: { alertagent_rule_id: 'rule-1', alertagent_rule_version: '1' },
          },
        ],
      },
      {
        name: 'other',
        rules: [
          {
            alert: 'Up',
            expr: 'up == 0',
            annotations: { alertagent_rule_id: 'rule-2', alertagent_rule_version: '7' },
          },
        ],
      },
    ],
  });
  expect(file.rules).toBe(2);
  expect(file.hash).toBe(createHash('sha256').update(file.content).digest('hex'));
  expect(file.manifest).toEqual([
    { rule_id: 'rule-1', rule_version: 1, group: 'alertagent', name: 'Down' },
    { rule_id: 'rule-2', rule_version: 7, group: 'other', name: 'Up' },
  ]);
  expect(readRuleFile(file.content)).toEqual(file.manifest);
});

it('no rules give an explicit empty list under the comment', () => {
  const file = renderRuleFile([]);
  expect(file.content).toBe('# Managed by AlertAgent. Local edits are replaced.\ngroups: []\n');
  expect(file).toMatchObject({ rules: 0, manifest: [] });
});

it('the same rules in any order give the same bytes', () => {
  const rules = ['c', 'a', 'b'].flatMap((name, index) => [
    placed({ rule_id: `r${index}`, name, group: 'g' }),
    placed({ rule_id: `s${index}`, name: 'same', position: index % 2 }),
  ]);
  const expected = renderRuleFile(rules).hash;
  fc.assert(
    fc.property(fc.shuffledSubarray(rules, { minLength: rules.length }), (shuffled) => {
      expect(renderRuleFile(shuffled).hash).toBe(expected);
    }),
  );
});

it('a group says everything that a rule file can say, and its rules stand in the order they are evaluated in', () => {
  const file = renderRuleFile(
    [
      placed({
        rule_id: 'r',
        kind: 'recording',
        name: 'job:up:sum',
        group: 'g',
        namespace: 'n',
        position: 2,
        labels: { a: 'b' },
      }),
      placed({ rule_id: 'z', name: 'First', group: 'g', namespace: 'n', position: 1 }),
      placed({ rule_id: 'q', name: 'Other', group: 'g' }),
    ],
    [
      { namespace: 'n', name: 'g', interval: '15s', limit: 10, query_offset: '1m', labels: { tier: 'x' } },
      { namespace: '', name: 'without rules', interval: '1m', labels: {} },
    ],
  );
  const { groups } = parse(file.content) as { groups: { name: string; rules: object[] }[] };
  expect(groups.map(({ name }) => name)).toEqual(['g', 'n/g', 'alertagent-file']);
  expect(groups[1]).toEqual({
    name: 'n/g',
    interval: '15s',
    query_offset: '1m',
    limit: 10,
    labels: { tier: 'x' },
    rules: [expect.objectContaining({ alert: 'First' }), { record: 'job:up:sum', expr: 'up == 0', labels: { a: 'b' } }],
  });
  expect(file.manifest.map(({ rule_id, group, kind }) => [rule_id, group, kind])).toEqual([
    ['q', 'g', undefined],
    ['z', 'n/g', undefined],
    ['r', 'n/g', 'recording'],
    [MARKER_RULE_ID, 'alertagent-file', undefined],
  ]);
});

describe('what no annotation can prove', () => {
  const recorded = (expression: string) => placed({ kind: 'recording', name: 'a:b', expression });
  const markerOf = (...args: Parameters<typeof renderRuleFile>) =>
    renderRuleFile(...args).manifest.find(({ rule_id }) => rule_id === MARKER_RULE_ID)?.rule_version;

  it('is proven by a marker, whose version is another one when anything in the file is', () => {
    const group = { namespace: '', name: 'alertagent', interval: '1m', labels: {} };
    const versions = [
      markerOf([recorded('up')]),
      markerOf([recorded('up + 1')]),
      markerOf([placed({ overridden: true })]),
      markerOf([placed({ overridden: true, duration: '1m' })]),
      markerOf([placed()], [group]),
      markerOf([placed()], [{ ...group, interval: '2m' }]),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    for (const version of versions) expect(String(version)).toMatch(/^[1-9][0-9]{0,8}$/);
  });

  it('is not there in a file of plain alerts, nor for the canary', () => {
    expect(markerOf([placed()])).toBeUndefined();
    expect(markerOf([placed(), canaryRule], [canaryGroup])).toBeUndefined();
  });
});

it('a rule called like YAML cannot add another rule or change one beside it', () => {
  const hostile = 'x\n      - alert: Injected\n        expr: "1"';
  const file = renderRuleFile([placed({ name: hostile, annotations: { summary: 'No' } }), placed({ rule_id: 'r2' })]);
  expect(readRuleFile(file.content).map((entry) => entry.name)).toEqual(['Down', hostile]);
});

it('an annotation called __proto__ is data', () => {
  const annotations = JSON.parse('{"__proto__": "x"}') as Record<string, string>;
  expect(renderRuleFile([placed({ annotations })]).content).toContain('"__proto__": "x"');
  expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
});

it.each(['', 'groups: {', 'groups:\n  - name: x\n    rules: 5\n', 'a: &a [*a]'])('%j is no rule file', (content) => {
  expect(() => readRuleFile(content)).toThrow(SyntaxError);
});

it('rules of other people in a file are left out', () => {
  expect(readRuleFile('groups:\n- name: g\n  rules:\n  - alert: A\n    expr: "1"\n')).toEqual([]);
});
