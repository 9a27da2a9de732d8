import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { grammarOf } from '../src/rules/promql/grammar';
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

it('mutated rule files are refused exactly when promtool refuses them', async () => {
  const { promtool } = await ensureBinaries(['promtool']);
  const grammar = grammarOf('2.42.0')!;
  const mutated = configMutations(texts(), COUNT, SEED).filter((text) => !ENDS_WITH_EMPTY_BRACKETS.test(text));
  const taken: boolean[] = [];
  while (taken.length < mutated.length) {
    taken.push(...(await takenByPromtool(promtool, mutated.slice(taken.length, taken.length + AT_ONCE))));
  }
  expect(taken.filter((isTaken) => isTaken).length).toBeGreaterThan(COUNT / 20);
  expect(taken.filter((isTaken) => !isTaken).length).toBeGreaterThan(COUNT / 20);
  const differ = mutated.filter(
    (text, index) => validateRuleText(text, { grammar, lint: null }).valid !== taken[index],
  );
  expect(differ).toEqual([]);
}, 300_000);
