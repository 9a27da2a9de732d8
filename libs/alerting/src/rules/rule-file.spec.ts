import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse } from 'yaml';
import { readRuleFile, renderRuleFile, type PlacedRule } from './rule-file';

function placed(over: Partial<PlacedRule> = {}): PlacedRule {
  return { rule_id: 'rule-1', version: 1, name: 'Down', expression: 'up == 0', labels: {}, annotations: {}, ...over };
}

it('a rule is written with its identity in annotations, and severity as a label only when it is set', () => {
  const file = renderRuleFile([
    placed({ duration: '5m', keep_firing_for: '1m', severity: 'no', labels: { team: 'a' }, interval: '15s' }),
    placed({ rule_id: 'rule-2', version: 7, name: 'Up', group: 'other' }),
  ]);
  expect(parse(file.content)).toEqual({
    groups: [
      {
        name: 'alertagent',
        interval: '15s',
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
    placed({ rule_id: `s${index}`, name: 'same', interval: `${index + 1}m` }),
  ]);
  const expected = renderRuleFile(rules).hash;
  fc.assert(
    fc.property(fc.shuffledSubarray(rules, { minLength: rules.length }), (shuffled) => {
      expect(renderRuleFile(shuffled).hash).toBe(expected);
    }),
  );
});

it('rules of one group with different intervals get groups beside it, and the oldest keeps the name', () => {
  const file = renderRuleFile([
    placed({ rule_id: 'b', name: 'B', interval: '30s' }),
    placed({ rule_id: 'a', name: 'A' }),
    placed({ rule_id: 'c', name: 'C', group: 'alertagent (every 30s)' }),
  ]);
  expect(file.manifest.map(({ rule_id, group }) => [rule_id, group])).toEqual([
    ['a', 'alertagent'],
    ['c', 'alertagent (every 30s)'],
    ['b', 'alertagent (every 30s)*'],
  ]);
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
