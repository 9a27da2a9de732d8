import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { parse } from 'yaml';
import { printRuleFile } from '../src/rules/files/print-rule-files';
import { readRuleFiles } from '../src/rules/files/read-rule-files';
import { isRefused, type FileGroup, type ReadRuleFile } from '../src/rules/files/rule-file-content';

interface Verdict {
  file: string;
  verdict_promtool242: 'ok' | 'error';
  verdict_promtool35: 'ok' | 'error';
  n_rules: number | null;
  class242: string | null;
}

const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../shared/corpora'), 'rules');
const verdicts = existsSync(corpus)
  ? readFileSync(join(corpus, 'verdicts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict)
  : [];
const textOf = ({ file }: Verdict): string => readFileSync(join(corpus, file), 'utf8');

/** What another YAML reader makes of a file, with each scalar as Prometheus takes it: as text. */
const asTexts = (value: unknown): unknown => {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value).map(([key, child]) => [key, asTexts(child)] as const);
  return Object.fromEntries(entries.filter(([, child]) => !['""', '{}', '[]'].includes(JSON.stringify(child))));
};

const contents = ({ groups }: ReadRuleFile): FileGroup[] =>
  groups.map(({ rules, pointer: _pointer, place: _place, problems: _problems, ...group }) => ({
    ...group,
    rules: rules.map(({ rule }) => rule),
  }));

const isTaken = (file: ReadRuleFile): boolean =>
  !isRefused(file) && file.groups.every((group) => !isRefused(group) && !group.rules.some(isRefused));

describe('rule files of others', () => {
  const valid = verdicts.filter(({ verdict_promtool242 }) => verdict_promtool242 === 'ok');

  it('that Prometheus takes are read without a fault, every rule of them, and printed so that another reader sees the same', () => {
    for (const verdict of valid) {
      const [file] = readRuleFiles(textOf(verdict));
      expect({ file: verdict.file, clean: isTaken(file!) }).toEqual({ file: verdict.file, clean: true });
      expect(file!.groups.reduce((sum, { rules }) => sum + rules.length, 0)).toBe(verdict.n_rules);
      const printed = printRuleFile(contents(file!));
      const first = textOf(verdict)
        .split(/^---$/m)
        .find((part) => part.includes('groups'));
      expect(asTexts(parse(printed))).toEqual(asTexts(parse(first ?? '', { merge: true }) ?? { groups: [] }));
    }
  });

  it('that Prometheus refuses for their shape are refused here', () => {
    const shapes = new Set(['unknown-field', 'duplicate-group', 'rule-shape', 'yaml-syntax', 'yaml-type']);
    const refused = verdicts.filter(
      ({ verdict_promtool35, class242 }) => verdict_promtool35 === 'error' && shapes.has(class242 ?? ''),
    );
    // Files of the Cortex tools name their namespace; that alone is a warning here, so that they can be brought in.
    const isClean = (file: ReadRuleFile): boolean => isTaken(file) && file.namespace === null;
    const taken = refused.filter((verdict) => readRuleFiles(textOf(verdict)).every(isClean)).map(({ file }) => file);
    expect(taken).toEqual([]);
  });

  it('are clean for promtool once they were printed here', async () => {
    const { promtool } = await ensureBinaries(['promtool']);
    await withTempDir(async (folder) => {
      const files = await Promise.all(
        valid.map(async (verdict, index) => {
          const path = join(folder, `${index}.yml`);
          await writeFile(path, printRuleFile(readRuleFiles(textOf(verdict)).flatMap(contents)));
          return path;
        }),
      );
      if (files.length === 0) return;
      const { stdout } = await promisify(execFile)(promtool, ['check', 'rules', '--lint=none', ...files]);
      expect(stdout.match(/SUCCESS: (\d+) rules? found/g)?.map((line) => Number(/\d+/.exec(line)![0]))).toEqual(
        valid.map(({ n_rules }) => n_rules),
      );
    });
  }, 120_000);
});
