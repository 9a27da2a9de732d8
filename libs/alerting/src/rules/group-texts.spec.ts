import fc from 'fast-check';
import { parse } from 'yaml';
import { renderYaml, RenderError, type YamlValue } from '../rendered-file';
import { GroupTexts } from './group-texts';
import { renderRuleFile, type PlacedRule } from './rule-file';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    ' ',
    '\n',
    '- a',
    'x: y',
    '# no',
    '"',
    "'",
    '\u0085',
    '\u2028',
    'null',
    '1e3',
    '{{ $value }}',
    '...\n',
  ),
);
const rule = fc.record({
  rule_id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
  version: fc.integer({ min: 1, max: 3 }),
  name: text,
  expression: text,
  group: fc.constantFrom('a', 'b', '- c:'),
  position: fc.integer({ min: 0, max: 3 }),
  kind: fc.constantFrom('alerting' as const, 'recording' as const),
  labels: fc.dictionary(text, text, { maxKeys: 3 }),
  annotations: fc.dictionary(text, text, { maxKeys: 3 }),
});

/** What the file would be if it were written at once. */
const atOnce = (content: string): string => renderYaml(parse(content, { version: '1.1' }) as YamlValue).content;

it('a file put together from groups has the very bytes of a file written at once, and of one written without a memory', () => {
  const texts = new GroupTexts(20_000);
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), (rules: PlacedRule[]) => {
      const file = renderRuleFile(rules, [], texts);
      expect(file).toEqual(renderRuleFile(rules));
      expect(file.content).toBe(atOnce(file.content));
    }),
    { numRuns: 300 },
  );
});

describe('the texts of groups', () => {
  const group = (name: string) => ({ name, rules: [{ alert: name, expr: 'up' }] });
  const built: string[] = [];
  const ask = (texts: GroupTexts, name: string) =>
    texts.of(name, JSON.stringify(group(name)), () => {
      built.push(name);
      return group(name);
    });
  beforeEach(() => built.splice(0));

  it('are written once while they are remembered', () => {
    const texts = new GroupTexts(10_000);
    const first = ask(texts, 'a');
    expect(ask(texts, 'a')).toBe(first);
    expect(first).toEqual({
      yaml: expect.stringContaining('- name: "a"\n') as string,
      json: JSON.stringify(group('a')),
    });
    ask(texts, 'b');
    expect(built).toEqual(['a', 'b']);
  });

  it('are forgotten, those that nobody asked for longest first, before they fill the memory', () => {
    const { yaml, json } = ask(new GroupTexts(0), 'a');
    const texts = new GroupTexts(5 * (2 * json.length + yaml.length));
    built.splice(0);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'a', 'f', 'a', 'e', 'b']) ask(texts, name);
    expect(built).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'b']);
  });

  it('are not remembered without a memory', () => {
    const texts = new GroupTexts(0);
    ask(texts, 'a');
    ask(texts, 'a');
    expect(built).toEqual(['a', 'a']);
  });
});

it('a file with a remembered group follows every change of its rules and of its settings', () => {
  const texts = new GroupTexts(100_000);
  const one: PlacedRule = {
    rule_id: 'r',
    version: 1,
    name: 'A',
    group: 'g',
    expression: 'up',
    labels: {},
    annotations: {},
  };
  const contents = new Set(
    [
      [one],
      [{ ...one, expression: 'up == 0' }],
      [{ ...one, overridden: true }],
      [{ ...one, labels: { a: 'b' } }],
      [one, { ...one, rule_id: 's' }],
    ].map((rules) => renderRuleFile(rules, [], texts).content),
  );
  for (const settings of [{ interval: '1m' }, { limit: 3 }, { labels: { a: 'b' } }])
    contents.add(renderRuleFile([one], [{ namespace: '', name: 'g', labels: {}, ...settings }], texts).content);
  expect(contents.size).toBe(8);
});

it('what cannot be written is named by its place in the whole file', () => {
  const rules = ['a', 'b'].map((name): PlacedRule => ({
    rule_id: name,
    version: 1,
    name: name === 'b' ? '\ud800' : name,
    group: name,
    expression: 'up',
    labels: {},
    annotations: {},
  }));
  expect(() => renderRuleFile(rules, [], new GroupTexts(1_000))).toThrow(RenderError);
  expect(() => renderRuleFile(rules, [], new GroupTexts(1_000))).toThrow(/"\/groups\/1\/rules\/0\/alert"/);
});
