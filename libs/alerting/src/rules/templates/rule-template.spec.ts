import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { unquotePromqlString } from '../promql-string';
import { checkExpression } from '../promql';
import { parsePromql } from './expression-places';
import { checkRuleTemplate, instantiateTemplate } from './rule-template';
import type { ParameterType, TemplateDocument, TemplateParameter, TemplateRule } from './template-document';

const corpora = process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../../../shared/corpora');

const parameter = (name: string, type: ParameterType, more: Partial<TemplateParameter> = {}): TemplateParameter => ({
  name,
  type,
  description: 'for the test',
  ...more,
});

const template = (parameters: TemplateParameter[], ...rules: Partial<TemplateRule>[]): TemplateDocument => ({
  parameters,
  groups: [{ name: 'g', rules: rules.map((rule) => ({ name: 'Rule', expression: 'up == 0', ...rule })) }],
});

const filled = (document: TemplateDocument, values: Record<string, unknown> = {}) => {
  const { rules, problems } = instantiateTemplate(document, values);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return rules[0]!;
};

const problemsWith = (document: TemplateDocument, values: Record<string, unknown>) =>
  instantiateTemplate(document, values).problems.map(({ pointer, code }) => `${pointer} ${code}`);

describe('a template', () => {
  it('may hold what only newer versions of Prometheus take: each target decides for itself', () => {
    const newer = template([parameter('limit', 'number', { default: 5 })], {
      expression: '{"http.errors"} > ${limit}',
    });
    expect(checkRuleTemplate(newer)).toEqual([]);
    expect(filled(newer).resolved.expression).toBe('{"http.errors"} > 5');
    const never = template([parameter('limit', 'number', { default: 5 })], { expression: 'sum(up > ${limit}' });
    expect(checkRuleTemplate(never)).not.toEqual([]);
  });

  it('becomes rules with every value in its place, and keeps what a cluster may override', () => {
    const document = template(
      [
        parameter('threshold', 'number', { default: 90 }),
        parameter('hold', 'duration', { default: '10m' }),
        parameter('job', 'label_value'),
        parameter('mounts', 'regex'),
        parameter('level', 'enum', { choices: ['warning', 'critical'] }),
      ],
      {
        expression: '100 * used{job="${job}", mount=~"/(${mounts})/.*"} > ${threshold}',
        duration: '${hold}',
        severity: '${level}',
        annotations: { summary: 'Above ${threshold} % on {{ $labels.instance }} for ${hold}' },
      },
    );
    expect(checkRuleTemplate(document)).toEqual([]);
    expect(filled(document, { job: 'no"de', mounts: 'a|b', level: 'critical' })).toEqual({
      key: 'Rule',
      kind: 'alerting',
      group: 'g',
      position: 0,
      resolved: {
        name: 'Rule',
        expression: '100 * used{job="no\\"de", mount=~"/((?:a|b))/.*"} > 90',
        duration: '10m',
        keep_firing_for: null,
        severity: 'critical',
        labels: {},
        annotations: { summary: 'Above 90 % on {{ $labels.instance }} for 10m' },
      },
      rule: {
        name: 'Rule',
        expression: '100 * used{job="no\\"de", mount=~"/((?:a|b))/.*"} > ${threshold}',
        duration: '${hold}',
        keep_firing_for: null,
        severity: 'critical',
        labels: {},
        annotations: { summary: 'Above ${threshold} % on {{ $labels.instance }} for ${hold}' },
        parameters: { hold: '10m', threshold: 90 },
        owner: null,
        runbook: null,
        description: null,
      },
    });
  });

  it('puts a number that also stands where rules have no parameters into all of the rule', () => {
    const document = template([parameter('q', 'number')], { expression: 'x{quantile="${q}"} > ${q}' });
    expect(filled(document, { q: 0.5 }).rule).toMatchObject({
      expression: 'x{quantile="0.5"} > 0.5',
      parameters: {},
    });
  });

  it.each([
    [-5, 'up ^ 2 > (-5)'],
    [1e21, 'up ^ 2 > 1e+21'],
    [-0, 'up ^ 2 > 0'],
    [0.1, 'up ^ 2 > 0.1'],
  ])('writes the number %d as one operand', (value, expression) => {
    const document = template([parameter('n', 'number')], { expression: 'up ^ 2 > ${n}' });
    expect(filled(document, { n: value }).resolved.expression).toBe(expression);
  });

  it.each([
    ['a.b', 'regex', 'x{a=~"a.b"}'],
    ['a.b', 'label_value', 'x{a=~"a\\\\.b"}'],
    ['|.*', 'string', 'x{a=~"\\\\|\\\\.\\\\*"}'],
  ] as const)('reads %s as %s inside a regular expression', (value, type, expression) => {
    expect(
      filled(template([parameter('v', type)], { expression: 'x{a=~"${v}"}' }), { v: value }).resolved.expression,
    ).toBe(expression);
  });

  it('keeps a value literal in the replacement of label_replace', () => {
    const document = template([parameter('v', 'string')], {
      expression: 'label_replace(up, "a", "${v}", "b", "(.*)")',
    });
    expect(filled(document, { v: '$1' }).resolved.expression).toBe('label_replace(up, "a", "$$1", "b", "(.*)")');
  });

  it('shows a value with braces as text and never runs it', () => {
    const document = template([parameter('v', 'string')], { annotations: { summary: 'of ${v}!' } });
    const { summary } = filled(document, { v: '{{ query "up" }}' }).resolved.annotations as { summary: string };
    expect(summary).toBe('of {{ "{{ query \\"up\\" }}" }}!');
  });

  it('takes $${name} for the text itself', () => {
    const document = template([parameter('name', 'string')], {
      annotations: { summary: 'write $${name}, not ${name}' },
    });
    expect(filled(document, { name: 'x' }).resolved.annotations).toEqual({ summary: 'write ${name}, not x' });
  });
});

describe('a value is refused with its pointer', () => {
  const one = (type: ParameterType, more: Partial<TemplateParameter> = {}) =>
    template([parameter('v', type, more)], {
      expression: type === 'number' ? 'up > ${v}' : type === 'duration' ? 'rate(up[${v}]) > 1' : 'x{a=~"${v}"}',
    });

  it.each([
    ['number', '90', 'bad_value'],
    ['number', Number.NaN, 'bad_value'],
    ['number', Infinity, 'bad_value'],
    ['duration', '5', 'bad_value'],
    ['duration', '-5m', 'bad_value'],
    ['duration', '5m] or up', 'bad_value'],
    ['duration', '0', 'bad_promql'],
    ['regex', '(', 'bad_regex'],
    ['regex', 'a)|(b', 'bad_regex'],
    ['regex', 'a\\Q', 'bad_regex'],
    ['label_value', 'a\nb', 'control_character'],
    ['label_value', '\ud800', 'not_unicode'],
    ['string', 'a\u0000b', 'control_character'],
    ['string', '${v}', 'bad_value'],
    ['string', 7, 'bad_value'],
    ['string', 'x'.repeat(1001), 'too_long'],
    ['string', undefined, 'required'],
  ] as const)('%s %p: %s', (type, value, code) => {
    expect(problemsWith(one(type), value === undefined ? {} : { v: value })).toEqual([`/parameters/v ${code}`]);
  });

  it('when it is out of bounds, no choice, or does not match the pattern', () => {
    expect(problemsWith(one('number', { minimum: 0, maximum: 100 }), { v: 101 })).toEqual([
      '/parameters/v out_of_bounds',
    ]);
    expect(problemsWith(one('duration', { minimum: '5m' }), { v: '4m59s' })).toEqual(['/parameters/v out_of_bounds']);
    expect(problemsWith(one('duration', { minimum: '5m' }), { v: '300s' })).toEqual([]);
    expect(problemsWith(one('enum', { choices: ['a'] }), { v: 'b' })).toEqual(['/parameters/v bad_value']);
    expect(problemsWith(one('string', { pattern: '[a-z]+' }), { v: 'a1' })).toEqual(['/parameters/v bad_value']);
  });

  it('when the template has no such parameter', () => {
    expect(problemsWith(one('string'), { v: 'a', w: 1 })).toEqual(['/parameters/w unknown_parameter']);
  });

  it('when it would end a string in backquotes', () => {
    const document = template([parameter('v', 'string')], { expression: 'x{a="b"} or x{a=`${v}`}' });
    expect(problemsWith(document, { v: '`} or up{a=`' })).toEqual(['/parameters/v bad_value']);
  });
});

describe('a template is refused', () => {
  const NUMBER = parameter('n', 'number', { default: 1 });
  const TEXT = parameter('s', 'string', { default: 'x' });
  const REGEX = parameter('r', 'regex', { default: 'x' });
  const pointers = (document: TemplateDocument) =>
    checkRuleTemplate(document).map(({ pointer, code }) => `${pointer} ${code}`);

  it.each<[string, Partial<TemplateRule>, string]>([
    ['a text stands bare', { expression: 'up == ${s}' }, '/expression misplaced'],
    ['a number is a part of a name', { expression: 'up_${n} == 0' }, '/expression misplaced'],
    ['a number is a part of a number', { expression: 'up > 1${n}' }, '/expression misplaced'],
    ['a number is a part of a duration', { expression: 'rate(up[${n}m]) > 0' }, '/expression misplaced'],
    ['a placeholder is in a comment', { expression: 'up == 0 # above ${n}' }, '/expression misplaced'],
    ['a regular expression is compared as text', { expression: 'x{a="${r}"}' }, '/expression misplaced'],
    ['a regular expression is shown', { annotations: { a: '${r}' } }, '/annotations/a misplaced'],
    [
      'a text is in an action',
      { annotations: { a: '{{ if eq $value "${s}" }}x{{ end }}' } },
      '/annotations/a misplaced',
    ],
    ['a brace touches a placeholder', { annotations: { a: '{${s}' } }, '/annotations/a misplaced'],
    ['a number is given for a duration', { duration: '${n}' }, '/duration misplaced'],
    ['a parameter is not declared', { expression: 'up == ${m}' }, '/expression undeclared_parameter'],
    ['what it makes is no PromQL', { expression: 'up ==' }, '/expression bad_promql'],
    ['what it makes can never fire', { expression: 'up[5m]' }, '/expression bad_promql'],
    [
      'a recording rule has what only alerts have',
      { kind: 'recording', name: 'a:b', duration: '5m' },
      '/duration not_for_recording',
    ],
  ])('when %s', (_what, rule, problem) => {
    expect(pointers(template([NUMBER, TEXT, REGEX], rule))).toEqual([`/groups/0/rules/0${problem}`]);
  });

  it('when parameters contradict themselves or rules cannot be told apart', () => {
    expect(pointers(template([parameter('N', 'number')], {}))).toEqual(['/parameters/0/name bad_name']);
    expect(pointers(template([NUMBER, NUMBER], {}))).toEqual(['/parameters/1/name duplicate']);
    expect(pointers(template([{ ...NUMBER, default: 5, maximum: 4 }], {}))).toEqual([
      '/parameters/0/default out_of_bounds',
    ]);
    expect(pointers(template([{ ...NUMBER, minimum: '1' }], {}))).toEqual(['/parameters/0/minimum bad_parameter']);
    expect(pointers(template([parameter('e', 'enum')], {}))).toEqual(['/parameters/0/choices bad_parameter']);
    expect(pointers(template([{ ...TEXT, pattern: '(' }], {}))).toEqual(['/parameters/0/pattern bad_parameter']);
    expect(pointers(template([], {}, {}))).toEqual(['/groups/0/rules/1/key duplicate']);
    expect(pointers(template([]))).toEqual(['/groups required']);
  });
});

describe('whatever text is given', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'"\'`\\{}$()[]|#\n\t .*+=~,;%a1é😀'), maxLength: 20 }),
    fc.constantFrom(
      '"} or vector(1) #',
      "' or up",
      '\\',
      '\\"',
      '${threshold}',
      '{{ query "up" }}',
      '}}{{',
      '\\Q',
      '{',
      '"}',
      '`',
    ),
  );
  const PLACES = [
    'sum(x{a="<${v}>", b!="c"}) > 0',
    "sum(x{a='<${v}>', b!='c'}) > 0",
    'sum(x{a=`<${v}>`, b!="c"}) > 0',
    'sum(x{a="${v}${v}"}) > 0',
    'label_replace(x, "a", "<${v}>", "b", "(.*)") > 0',
  ];
  const leaves = (expression: string): string[] => {
    const found: string[] = [];
    parsePromql(expression).iterate({
      enter: (node) => {
        if (!node.node.firstChild)
          found.push(`${node.name} ${node.name === 'StringLiteral' ? '' : expression.slice(node.from, node.to)}`);
      },
    });
    return found;
  };

  it('an expression keeps its tree and its string holds exactly that text, or the text is refused with its pointer', () => {
    let accepted = 0;
    fc.assert(
      fc.property(hostile, fc.constantFrom(...PLACES), (value, expression) => {
        const document = template([parameter('v', 'string'), parameter('threshold', 'number', { default: 1 })], {
          expression,
        });
        const { rules, problems } = instantiateTemplate(document, { v: value });
        if (rules.length === 0) {
          expect(problems.length).toBeGreaterThan(0);
          expect(problems.every(({ pointer }) => pointer === '/parameters/v')).toBe(true);
          return;
        }
        accepted += 1;
        const made = rules[0]!.resolved.expression;
        expect(checkExpression(made).faults).toEqual([]);
        expect(leaves(made)).toEqual(leaves(expression.replaceAll('${v}', 'x')));
        const literal = firstLiteralWithin(made, expression.startsWith('label_replace') ? 1 : 0);
        const meant = expression.startsWith('label_replace') ? value.replaceAll('$', '$$$$') : value;
        expect(literal).toBe(expression.includes('${v}${v}') ? meant + meant : `<${meant}>`);
      }),
      { numRuns: 500, seed: 20260101 },
    );
    // Otherwise all of this would hold for nothing.
    expect(accepted).toBeGreaterThan(200);
  });

  it('a regular expression matches what it did and nothing beside it', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const document = template([parameter('v', 'regex')], { expression: 'sum(x{a=~"<${v}>"}) > 0' });
        const { rules, problems } = instantiateTemplate(document, { v: value });
        if (rules.length === 0) return expect(problems[0]?.pointer).toBe('/parameters/v');
        const made = rules[0]!.resolved.expression;
        expect(leaves(made)).toEqual(leaves('sum(x{a=~"x"}) > 0'));
        expect(firstLiteralWithin(made, 0)).toBe(`<(?:${value})>`);
      }),
      { numRuns: 300, seed: 20260101 },
    );
  });

  it('an annotation shows exactly that text', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const document = template([parameter('v', 'string')], { annotations: { a: 'of ${v} on {{ $labels.b }}' } });
        const { rules, problems } = instantiateTemplate(document, { v: value });
        if (rules.length === 0) return expect(problems[0]?.pointer).toBe('/parameters/v');
        expect(expand(rules[0]!.resolved.annotations['a']!)).toBe(`of ${value} on b`);
      }),
      { numRuns: 500, seed: 20260101 },
    );
  });

  it('texts that others have collected to break programs are quoted or refused as well', () => {
    for (const value of naughtyTexts()) {
      const document = template([parameter('v', 'string')], {
        expression: 'x{a="<${v}>"} > 0',
        annotations: { a: '${v}' },
      });
      const { rules, problems } = instantiateTemplate(document, { v: value });
      if (rules.length === 0) expect(problems[0]?.pointer).toBe('/parameters/v');
      else {
        expect(firstLiteralWithin(rules[0]!.resolved.expression, 0)).toBe(`<${value}>`);
        expect(expand(rules[0]!.resolved.annotations['a']!)).toBe(value);
      }
    }
  });
});

/** A collection, where it is at hand, and always a few of its kind. */
function naughtyTexts(): string[] {
  const file = join(corpora, 'hostile/strings.jsonl');
  const own = ["' OR 1=1 --", '<script>alert(1)</script>', '%s%n', '${7*7}', '{{ 1 }}', '\u202etest', '"; rm -rf /'];
  if (!existsSync(file)) return own;
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return [...own, ...lines.map((line) => (JSON.parse(line) as { text: string }).text)];
}

/** What the string literal at this place of an expression holds. */
function firstLiteralWithin(expression: string, index: number): string | null {
  const literals: string[] = [];
  parsePromql(expression).iterate({
    enter: ({ name, from, to }) => {
      if (name === 'StringLiteral') literals.push(expression.slice(from, to));
    },
  });
  return unquotePromqlString(literals[index]!);
}

/** Go's template language, as far as these tests use it: a string shows itself, a label its name. */
function expand(text: string): string {
  return text.replace(
    /\{\{ ("(?:[^"\\]|\\.)*"|\$labels\.(\w+)) \}\}/g,
    (_all, literal: string, label?: string) => label ?? (JSON.parse(literal) as string),
  );
}
