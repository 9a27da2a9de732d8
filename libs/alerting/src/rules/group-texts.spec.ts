import fc from 'fast-check';
import { parse } from 'yaml';
import { renderYaml, RenderError, type YamlValue } from '../rendered-file';
import { GroupTexts } from './group-texts';
import { renderRuleFile, type PlacedGroup, type PlacedRule } from './rule-file';

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
    texts.of(name, group(name), (source) => {
      built.push(name);
      return source;
    });
  beforeEach(() => built.splice(0));

  it('are written once while they are remembered', () => {
    const texts = new GroupTexts(10_000);
    const first = ask(texts, 'a');
    expect(ask(texts, 'a')).toBe(first);
    expect(first.yaml).toContain('- name: "a"\n');
    expect(first.json).toBe(JSON.stringify(group('a')));
    built.splice(1);
    ask(texts, 'b');
    expect(built).toEqual(['a', 'b']);
  });

  it('are forgotten, those that nobody asked for longest first, before they fill the memory', () => {
    const { yaml } = ask(new GroupTexts(0), 'a');
    const texts = new GroupTexts(5 * 3 * yaml.length);
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

it('whatever changes from file to file, each is to the byte what it is without a memory', () => {
  const text = fc.constantFrom('a', 'b', '', '__proto__', 'toString');
  const labels = fc
    .uniqueArray(fc.tuple(text, text), { maxLength: 2, selector: ([name]) => name })
    .map(Object.fromEntries);
  const placed: fc.Arbitrary<PlacedRule> = fc.record({
    rule_id: fc.constantFrom('r', 's', 't'),
    version: fc.integer({ min: 1, max: 2 }),
    name: fc.constantFrom('A', 'B'),
    group: fc.constantFrom('g', 'h'),
    kind: fc.constantFrom('alerting', 'recording'),
    position: fc.integer({ min: 0, max: 1 }),
    overridden: fc.boolean(),
    expression: fc.constantFrom('up', 'up == 0'),
    duration: fc.constantFrom(null, '5m'),
    labels: labels as fc.Arbitrary<Record<string, string>>,
    annotations: labels as fc.Arbitrary<Record<string, string>>,
  });
  const settings = fc.constantFrom<PlacedGroup[]>([], [{ namespace: '', name: 'g', interval: '1m', labels: {} }]);
  const files = fc.array(fc.tuple(fc.array(placed, { maxLength: 4 }), settings), { minLength: 2, maxLength: 8 });
  fc.assert(
    fc.property(files, fc.constantFrom(1_500, 100_000), (each, characters) => {
      const texts = new GroupTexts(characters);
      for (const [rules, groups] of each) {
        expect(renderRuleFile(rules, groups, texts)).toEqual(renderRuleFile(rules, groups));
      }
    }),
  );
});
