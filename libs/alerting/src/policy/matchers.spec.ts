import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { compileMatchers, matchesUnlabelled, parseMatchers } from './matchers';

const corpora = process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../../shared/corpora');

interface Judged {
  matcher: string;
  valid_by_amtool033: boolean;
}

/** Verdicts of amtool; some of our own where the collection is not at hand. */
const OWN: Judged[] = [
  { matcher: 'service="api"', valid_by_amtool033: true },
  { matcher: 'service=~"api|web"', valid_by_amtool033: true },
  { matcher: 'service==', valid_by_amtool033: true },
  { matcher: 'service', valid_by_amtool033: false },
  { matcher: 'service=~"("', valid_by_amtool033: false },
];
const file = join(corpora, 'amconfig/matchers.jsonl');
const judged: Judged[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Judged)
  : OWN;

const messageOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'no error';
  }
};

describe('matchers in the notation of Alertmanager', () => {
  it.each(judged)('are accepted or refused as amtool does: $matcher', ({ matcher, valid_by_amtool033 }) => {
    expect(messageOf(() => compileMatchers([matcher])) === null).toBe(valid_by_amtool033);
  });

  it.each([
    ['foo=bar', [['foo', '=', 'bar']]],
    ['{foo="bar",baz!~".*quux", derp="wat"}', ['foo=bar', 'baz!~.*quux', 'derp=wat'].map(split)],
    ['{foo=bar\\n}', [['foo', '=', 'bar\n']]],
    ['{foo=bar\\t}', [['foo', '=', 'bar\\t']]],
    ['{foo=bar\\}', [['foo', '=', 'bar\\']]],
    ['trickier==\\\\=\\=\\"', [['trickier', '=', '=\\=\\="']]],
    [
      'contains_quote != "\\"" , contains_comma !~ "foo,bar" , ',
      ['contains_quote!="', 'contains_comma!~foo,bar'].map(split),
    ],
    ['{"weird name"="🙂\\u00e9\\x41\\101\\t"}', [['weird name', '=', '🙂éAA\t']]],
    ['name-with-dashes = "bar"', [['name-with-dashes', '=', 'bar']]],
    ['{}', []],
  ])('are read from %s', (text, expected) => {
    expect(parseMatchers(text).map(({ name, operator, value }) => [name, operator, value])).toEqual(expected);
  });

  it('compare the value of a label, which is empty when the label is absent', () => {
    const cases: [string, Record<string, string>, boolean][] = [
      ['a="1"', { a: '1' }, true],
      ['a="1"', { a: '10' }, false],
      ['a=""', {}, true],
      ['a!=""', {}, false],
      ['a!="1"', {}, true],
      ['a=~"1|2"', { a: '2' }, true],
      ['a=~"1|2"', { a: '12' }, false],
      ['a=~"1.*"', { a: '12' }, true],
      ['a=~"1.*"', { a: '012' }, false],
      ['a!~"1.*"', { a: '012' }, true],
      ['a=~".+"', {}, false],
      ['toString=""', {}, true],
      ['{a="1",b="2"}', { a: '1', b: '2' }, true],
      ['{a="1",b="2"}', { a: '1' }, false],
    ];
    for (const [matcher, labels, expected] of cases) {
      expect({ matcher, labels, is: compileMatchers([matcher])(labels) }).toEqual({ matcher, labels, is: expected });
    }
  });

  it('must all hold', () => {
    const test = compileMatchers(['a="1"', 'b=~"x.*"']);
    expect([test({ a: '1', b: 'xy' }), test({ a: '1', b: 'y' }), test({ b: 'xy' })]).toEqual([true, false, false]);
  });

  it('agree with the language’s own regular expressions on plain alternatives, with or without the shortcut', () => {
    const word = fc.stringMatching(/^[ab:-]{0,3}$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), word, (words, value) => {
        const text = words.join('|');
        const expected = new RegExp(`^(?:${text})$`).test(value);
        const quoted = JSON.stringify(`(?:${text})`);
        expect(compileMatchers([`l=~${JSON.stringify(text)}`])({ l: value })).toBe(expected);
        expect(compileMatchers([`l=~${quoted}`])({ l: value })).toBe(expected);
      }),
    );
  });

  it('read back any value that is written with quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const written = `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
        expect(parseMatchers(`l=${written}`)).toEqual([{ name: 'l', operator: '=', value }]);
      }),
    );
  }, 60_000);

  it.each([
    ['a regular expression beyond RE2', 'a=~"(?=x)y"', /no regular expression of RE2/],
    ['a back reference', 'a=~"(x)\\\\1"', /no regular expression of RE2/],
    ['an unfinished group', 'a=~"(x"', /no regular expression of RE2/],
    ['an enormous repetition', `a=~"${'(x{1000}){1}'.repeat(2)}"`, /too large/],
    ['a thousand repetitions', `a=~"${'.*'.repeat(900)}x"`, /too large/],
    ['ten thousand characters', `a=~"${'x'.repeat(10_000)}"`, /longer than/],
    ['half a surrogate pair', 'a="\ud800"', /valid Unicode/],
    ['a byte that is no character', '{"a b"="\\xff"}', /./],
  ])('refuse %s and say why', (_what, matcher, message) => {
    const detail = messageOf(() => compileMatchers([matcher]));
    expect(detail).toMatch(message);
    expect(detail!.length).toBeLessThan(250);
  });

  it('decide an expression that backtracks without end elsewhere', () => {
    const test = compileMatchers(['a=~"(a+)+$"']);
    expect([test({ a: 'a'.repeat(4096) }), test({ a: 'a'.repeat(4096) + '!' })]).toEqual([true, false]);
  });

  it('are known to apply to alerts without any of their labels', () => {
    expect(['{}', 'a!="1"', 'a=~".*"', 'a=""'].map((text) => matchesUnlabelled([text]))).toEqual(Array(4).fill(true));
    expect(['a="1"', 'a=~".+"', 'a!~"|x"', 'a!=""'].map((text) => matchesUnlabelled([text]))).toEqual(
      Array(4).fill(false),
    );
  });
});

function split(text: string): string[] {
  return /^(\w+)(!=|!~|=~|=)(.*)$/s.exec(text)!.slice(1);
}
