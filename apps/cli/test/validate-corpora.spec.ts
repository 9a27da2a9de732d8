import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { run } from '../src/program';

/** Rule files of others with what promtool said of them; a copy of the project without them has the few below. */
const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? join(__dirname, '../../../../shared/corpora'), 'rules');

type Verdict = { file: string } & Record<string, string>;

const verdicts = existsSync(join(corpus, 'verdicts.jsonl'))
  ? readFileSync(join(corpus, 'verdicts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Verdict)
  : [];

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

const exitCode = (path: string, version: string): Promise<number> => {
  const argv = ['rules', 'validate', path, '--offline', '--no-lint', '--prometheus-version', version];
  return run(argv, { out: nowhere(), err: nowhere() }, {});
};

it.each([
  ['2.42.0', 'verdict_promtool242'],
  ['2.53.3', 'verdict_promtool253'],
  ['3.5.3', 'verdict_promtool35'],
])(
  'agentctl says of the rule files of others what promtool %s says',
  async (version, key) => {
    const differ: string[] = [];
    for (const verdict of verdicts) {
      const code = await exitCode(join(corpus, verdict.file), version);
      if (code !== (verdict[key] === 'ok' ? 0 : 1)) differ.push(`${code}: ${verdict.file}`);
    }
    expect(differ).toEqual([]);
    expect(await exitCode(join(__dirname, 'nothing.yml'), version)).toBe(2);
  },
  240_000,
);
