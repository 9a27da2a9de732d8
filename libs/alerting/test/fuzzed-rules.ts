import type { PlacedRule } from '../src/rules/rule-file';

/** What has a meaning in YAML, in Go's templates, in shells or on a screen, as text of a rule. */
const HOSTILE = [
  ...[
    '',
    ' ',
    'a\nb',
    'a\r\nb',
    '\t',
    "'",
    '"',
    ': ',
    ' #',
    '---',
    '...',
    '&a *a',
    '*a',
    '!!js/function x',
    '!!str',
    'no',
  ],
  ...[
    '0x1F',
    '1_000',
    '~',
    'null',
    '.inf',
    '2001-01-01',
    '1e3',
    '=',
    '<<',
    '{a: b}',
    '[a]',
    '|',
    '>',
    '%',
    '@',
    '`',
    '\\',
  ],
  ...['\u2028', '\u0085', '\ufeffx', '\u0000', '\u0007', '\u202e', 'é', '😀', '\ud800', '\\u0000', '{{ query "up" }}'],
  ...[
    '{{ $value }}',
    '{{ define "x" }}{{ end }}',
    '{{',
    '}}',
    '{{ end }}',
    '${7*7}',
    '<%= 7 %>',
    '{% x %}',
    '{{ $labels.a }}',
  ],
  ...[
    'x\n      - alert: Injected\n        expr: "1"',
    'a'.repeat(300),
    '__name__',
    '__proto__',
    'constructor',
    'alertname',
  ],
  ...[
    'severity',
    'alertagent_rule_id',
    'a-b',
    'a b',
    '5',
    '-5m',
    '1y1000d',
    '5 m',
    '0s',
    '1.5h',
    '9999999999h',
    'up == 0 # and more',
  ],
];
const EXPRESSIONS = [
  ...[
    'up == 0',
    'sum by (a) (rate(b_total[5m])) > 0.5',
    'up{a="\\"\\n", b=~".+"} == 0',
    'up == 0\n  # why\n  or vector(1) > 2',
  ],
  ...[
    'absent(up{job="x: y # z"})',
    "count({__name__=~'a.*'}) > 1 ",
    '"text"',
    'up[5m]',
    'sum(',
    '{__name__=~".*"}',
    'up{a="é😀"} == 1',
  ],
];
const NAMES = ['Down', 'Host is down: now', 'No', '0x1F', '- x', 'a: b', '"quoted"', "it's", '# name', '停机'];
const TEXTS = [
  'text',
  '{{ $labels.instance }} is {{ $value | humanize }}',
  'a: b # c',
  'two\nlines\n',
  ' padded ',
  '\'single\' "double"',
];

/** A source of numbers below `n` that gives the same for the same seed. */
export function seeded(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Rules with something hostile in about every second one, in any of their fields. */
export function fuzzedRules(count: number, seed: number, strings: readonly string[]): PlacedRule[] {
  const below = seeded(seed);
  const hostile = [...HOSTILE, ...strings];
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  const text = (usual: readonly string[], odds: number): string => (below(odds) === 0 ? pick(hostile) : pick(usual));
  const pairs = (names: readonly string[], odds: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: below(4) }, () => [text(names, odds), text(TEXTS, odds / 2)] as const));
  return Array.from({ length: count }, (_, index): PlacedRule => {
    const isRecording = below(6) === 0;
    const common = {
      rule_id: `rule-${index}`,
      version: 1 + below(9),
      group: text(['g', 'a: b', 'no'], 12),
      position: index,
      expression: below(3) === 0 ? text(EXPRESSIONS, 4) : pick(EXPRESSIONS.slice(0, 6)),
      labels: pairs(['team', 'zone', 'a_b'], 16),
    };
    if (isRecording) {
      return { ...common, kind: 'recording', name: text(['a:b', 'job:up:sum'], 6), annotations: {} };
    }
    return {
      ...common,
      name: text(NAMES, 12),
      duration: below(2) === 0 ? null : text(['5m', '1h30m', '0s'], 12),
      keep_firing_for: below(3) === 0 ? text(['1m', '0s'], 12) : null,
      severity: below(2) === 0 ? null : text(['critical', 'no', '0x1F', 'a: b'], 12),
      annotations: pairs(['summary', 'description'], 16),
    };
  });
}
