import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { grammarOf } from '../src/rules/promql/grammar';
import { printRuleFile } from '../src/rules/files/print-rule-files';
import { readRuleFiles } from '../src/rules/files/read-rule-files';
import { isRefused, type FileGroup, type ReadGroup } from '../src/rules/files/rule-file-content';
import type { Pair } from '../src/rules/validate/check-rule-content';
import type { PlacedText } from '../src/rules/validate/problem';
import { readRuleFileText } from '../src/rules/validate/rule-file-reader';
import { validateRuleText } from '../src/rules/validate/validate';
import { configMutations } from './config-mutations';

/** `npm run fuzz:rules` asks for more. */
const COUNT = Number(process.env.ALERTAGENT_FUZZ_RULES ?? 1500);
const SEED = Number(process.env.ALERTAGENT_FUZZ_SEED ?? 1);
/** Files in one run: their names must fit in a command line. */
const AT_ONCE = 400;
const OWN = `groups:
- name: first
  interval: 1m
  limit: 10
  rules:
  - alert: HostDown
    expr: up{job="node"} == 0
    for: 5m
    labels:
      severity: critical
    annotations:
      summary: '{{ $labels.instance }} is down
        since {{ $value }}'
- name: second
  rules:
  - record: job:up:sum
    expr: |
      sum by (job) (
        up
      )
`;

function texts(): string[] {
  const corpus = join(process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../shared/corpora'), 'rules');
  if (!existsSync(corpus)) return [OWN];
  const lines = readFileSync(join(corpus, 'verdicts.jsonl'), 'utf8').trim().split('\n');
  const verdicts = lines.map((line) => JSON.parse(line) as { file: string; verdict_promtool242: string });
  // Of a broken one every change is as broken.
  const good = verdicts.filter(({ verdict_promtool242 }) => verdict_promtool242 === 'ok');
  return [
    OWN,
    ...good.map(({ file }) => readFileSync(join(corpus, file), 'utf8')).filter((text) => text.length < 8_000),
  ];
}

/** go-yaml reads no further than empty brackets before any text. Such a file says nothing, and nobody means it: it is refused here. */
const ENDS_WITH_EMPTY_BRACKETS = /^(?:\s|#.*\n)*(?:\{\}|\[\])[^\n]*\S/;

/** Which of the files promtool takes. */
async function takenByPromtool(promtool: string, files: readonly string[]): Promise<boolean[]> {
  return withTempDir(async (folder) => {
    const paths = files.map((_, index) => join(folder, `${index}.yml`));
    await Promise.all(paths.map((path, index) => writeFile(path, files[index]!)));
    const output = await new Promise<string>((done) => {
      const options = { maxBuffer: 256 * 1024 * 1024, timeout: 120_000 };
      // One pipe for both: it names the file on the one and says what is wrong on the other.
      const command = ['-c', 'exec "$0" check rules --lint=none "$@" 2>&1', promtool, ...paths];
      execFile('sh', command, options, (_, stdout) => done(stdout));
    });
    const parts = output.split(/^Checking /m).slice(1);
    const said = new Map(parts.map((part) => [/^\S*?(\d+)\.yml\n/.exec(part)?.[1], part]));
    return files.map((file, index) => {
      const verdict = /^ {2}(SUCCESS|FAILED):/m.exec(said.get(String(index)) ?? '')?.[1];
      if (verdict === undefined) throw new Error(`promtool said nothing of this one:\n${file}`);
      return verdict === 'SUCCESS';
    });
  });
}

let mutated: string[];
let taken: boolean[];

beforeAll(async () => {
  const { promtool } = await ensureBinaries(['promtool']);
  mutated = configMutations(texts(), COUNT, SEED).filter((text) => !ENDS_WITH_EMPTY_BRACKETS.test(text));
  taken = [];
  while (taken.length < mutated.length) {
    taken.push(...(await takenByPromtool(promtool, mutated.slice(taken.length, taken.length + AT_ONCE))));
  }
}, 300_000);

it('mutated rule files are refused exactly when promtool refuses them', () => {
  const grammar = grammarOf('2.42.0')!;
  expect(taken.filter((isTaken) => isTaken).length).toBeGreaterThan(COUNT / 20);
  expect(taken.filter((isTaken) => !isTaken).length).toBeGreaterThan(COUNT / 20);
  const differ = mutated.filter(
    (text, index) => validateRuleText(text, { grammar, lint: null }).valid !== taken[index],
  );
  expect(differ).toEqual([]);
}, 120_000);

it('mutated rule files that promtool takes are imported, and exported they read the same and are taken again', async () => {
  const { promtool } = await ensureBinaries(['promtool']);
  const good = mutated.filter((text, index) => taken[index] && textsOf(text) !== null);
  expect(good.length).toBeGreaterThan(COUNT / 20);
  const exported = good.map((text) => {
    const files = readRuleFiles(text);
    const refused = files.flatMap((file) => [file, ...file.groups, ...file.groups.flatMap(({ rules }) => rules)]);
    return refused.some(isRefused) ? null : printRuleFile(files.flatMap((file) => file.groups.map(printable)));
  });
  expect(good.filter((_, index) => exported[index] === null)).toEqual([]);
  const files = exported.map((text) => text ?? '');
  expect(good.filter((text, index) => !isDeepStrictEqual(textsOf(files[index]!), textsOf(text)))).toEqual([]);
  const again: boolean[] = [];
  while (again.length < files.length) {
    again.push(...(await takenByPromtool(promtool, files.slice(again.length, again.length + AT_ONCE))));
  }
  expect(files.filter((_, index) => !again[index])).toEqual([]);
}, 300_000);

const printable = ({
  pointer: _pointer,
  place: _place,
  problems: _problems,
  rules,
  ...group
}: ReadGroup): FileGroup => ({
  ...group,
  rules: rules.map(({ rule }) => rule),
});

/** Everything that a newer Prometheus reads in a file, by the reader of the validation; null when it would not read it. */
function textsOf(file: string): unknown {
  const grammar = grammarOf('3.5.0')!;
  if (!validateRuleText(file, { grammar, lint: null }).valid) return null;
  return readRuleFileText(file, grammar).groups.map((group) => [
    textOf(group.name),
    textOf(group.interval),
    textOf(group.queryOffset),
    pairsOf(group.labels),
    group.rules.map((rule) => [
      ...[rule.alert, rule.record, rule.expr].map(textOf),
      // Of a recording rule neither says anything.
      ...[rule.for, rule.keepFiringFor].map((duration) => (rule.record ? '' : textOf(duration))),
      pairsOf(rule.labels),
      pairsOf(rule.annotations),
    ]),
  ]);
}

/** A text that is empty says as much as none. */
const textOf = (text: PlacedText | null): string => text?.text ?? '';
const pairsOf = (pairs: readonly Pair[]): unknown =>
  Object.fromEntries(pairs.map(({ name, value }) => [name.text, value.text]));
