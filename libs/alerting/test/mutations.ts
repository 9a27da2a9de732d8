import { seeded } from './fuzzed-rules';

const PIECES = [
  ...[
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    '5m',
    '0s',
    '1h30m',
    ' offset 5m',
    ' offset -1d',
    ' @ 100',
    ' @ start()',
    ' by (a)',
  ],
  ...[
    ' without (b)',
    'sum',
    'rate',
    'topk',
    ' bool ',
    ' on (x) ',
    ' ignoring (y) ',
    ' group_left ',
    ' and ',
    ' or ',
    '==',
    '!=',
  ],
  ...[
    '=~',
    '!~',
    '=',
    '"a"',
    "'b\\''",
    '`c`',
    '0x1F',
    '1e5',
    '.5',
    '5.',
    'inf',
    '-',
    '+',
    '^',
    '%',
    '#c\n',
    '\\',
    ':',
    '1m:',
  ],
  ...[
    '__name__',
    'a:b',
    'é',
    '\u00a0',
    '"\\xff"',
    '"(a"',
    '".*"',
    '""',
    'time()',
    'scalar(',
    '1e999',
    '"a{1001}"',
    'atan2',
  ],
];
const TEMPLATE_PIECES = [
  ...[
    '{{',
    '}}',
    '{{- ',
    ' -}}',
    ' | ',
    '(',
    ')',
    '$x',
    '$labels',
    '.Labels',
    '.',
    ':=',
    '=',
    ',',
    ' ',
    '\n',
    '"',
    '`',
    "'",
  ],
  ...[
    '\\',
    '{{ end }}',
    '{{ else }}',
    '{{ if 1 }}',
    '{{ range . }}',
    '{{ break }}',
    '{{ else if 1 }}',
    'nil',
    'true',
    '1.5',
  ],
  ...[
    '0x',
    '1i',
    '08',
    '/*',
    '*/',
    'printf',
    'foo',
    'query',
    '"\\400"',
    '{{ $y := 1 }}',
    '{{ define "z" }}',
    '\u00a0',
    '!',
  ],
];
const TOKEN = /[\w$.]+|"[^"]*"|\S/g;

/** Texts that were changed a little: pieces put in, tokens replaced or taken out. */
export function mutations(
  texts: readonly string[],
  count: number,
  seed: number,
  kind: 'promql' | 'template',
): string[] {
  const below = seeded(seed);
  const pieces = kind === 'promql' ? PIECES : TEMPLATE_PIECES;
  const piece = (): string => pieces[below(pieces.length)]!;
  const mutate = (text: string): string => {
    const at = below(text.length + 1);
    const tokens = [...text.matchAll(TOKEN)];
    const token = tokens[below(Math.max(tokens.length, 1))];
    const [start, end] = token ? [token.index, token.index + token[0].length] : [at, at];
    switch (below(4)) {
      case 0:
        return text.slice(0, at) + piece() + text.slice(at);
      case 1:
        return text.slice(0, start) + piece() + text.slice(end);
      case 2:
        return text.slice(0, start) + text.slice(end);
      default:
        return text.slice(0, at) + text.slice(at + 1 + below(3));
    }
  };
  const results: string[] = [];
  while (results.length < count) {
    let text = texts[below(texts.length)]!;
    for (let times = 1 + below(2); times > 0; times -= 1) text = mutate(text);
    // What is no Unicode, or nothing, cannot be put into a file for the judge.
    if (text.isWellFormed() && text.trim() !== '') results.push(text);
  }
  return results;
}
