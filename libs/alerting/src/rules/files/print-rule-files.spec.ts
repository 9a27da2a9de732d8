import fc from 'fast-check';
import { contents, faults, only } from '../../../test/read-files';
import { printRuleFile, printRuleResource } from './print-rule-files';
import { readRuleFiles } from './read-rule-files';
import type { FileGroup, FileRule } from './rule-file-content';

describe('whatever texts rules hold', () => {
  const awkward = fc.constantFrom(
    'yes',
    '~',
    '0x1F',
    '1_000',
    ': ',
    ' #',
    '---',
    '&a',
    '*a',
    '!!js',
    '\r\n',
    '\u2028',
    '\u0085',
    '\t',
    ' ',
    '\n',
    '\n\n',
    '"',
    "'",
    '\\',
    '%',
    '{{',
    '<<',
  );
  const text = fc
    .array(fc.oneof(awkward, fc.string({ unit: 'grapheme', maxLength: 8 })), { maxLength: 5 })
    .map((parts) => parts.join(''));
  const filled = text.filter((value) => value !== '');
  const map = fc.dictionary(filled, text, { maxKeys: 4 }).filter((pairs) => Object.keys(pairs).length > 0);
  const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
  const rule: fc.Arbitrary<FileRule> = fc.oneof(
    fc.record({
      alert: filled,
      expr: filled,
      for: optional(filled),
      keep_firing_for: optional(filled),
      labels: optional(map),
      annotations: optional(map),
    }),
    fc.record({ record: filled, expr: filled, labels: optional(map) }),
  );
  const group: fc.Arbitrary<FileGroup> = fc.record({
    name: filled,
    interval: optional(filled),
    query_offset: optional(filled),
    limit: optional(fc.integer({ min: 1 })),
    labels: optional(map),
    rules: fc.array(rule, { maxLength: 3 }),
  });
  const groups = fc.uniqueArray(group, { maxLength: 3, selector: ({ name }) => name });
  const bare = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  it('they are read back to the letter from a file and from a resource', () => {
    fc.assert(
      fc.property(groups, (written) => {
        for (const printed of [printRuleFile(written), printRuleResource({ name: 'a' }, written)]) {
          const read = only(printed);
          expect(faults(read)).toEqual([]);
          expect(bare(contents(read.groups))).toEqual(bare(written));
        }
      }),
      { numRuns: 150 },
    );
  });

  it('no text at all makes the reader throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          text.map((inner) => `groups:\n- name: a\n  rules:\n  - ${inner}\n`),
        ),
        (any) => void readRuleFiles(any),
      ),
      { numRuns: 150 },
    );
  });
});
