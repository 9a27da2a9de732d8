import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readPromtestFile } from '@alertagent/alerting';
import { ensureBinaries } from '@alertagent/local-stack';
import { Promtool } from '../src/promtool/promtool';
import { PromtoolTests } from '../src/rule-tests/promtool-tests';

const corpus = join(process.env['ALERTAGENT_CORPORA'] ?? resolve(__dirname, '../../../../shared/corpora'), 'promtests');

/** A test file, the rule files that it names, and what promtool said of them when they were collected. */
interface Case {
  name: string;
  content: string;
  ruleFiles: string[];
  verdict: string;
}

const RULES = `groups: [{name: g, rules: [{alert: Down, expr: up == 0, for: 1m}]}]`;
const test = (at: string): string =>
  `tests: [{interval: 1m, input_series: [{series: up, values: 0x9}], alert_rule_test: [{eval_time: ${at}, alertname: Down, exp_alerts: [{}]}]}]`;
/** For machines without the collection. */
const OWN: Case[] = [
  { name: 'fires', content: test('1m'), ruleFiles: [RULES], verdict: 'pass' },
  { name: 'is pending', content: test('0m'), ruleFiles: [RULES], verdict: 'fail' },
  { name: 'has no rules', content: test('1m'), ruleFiles: [], verdict: 'fail' },
];

interface CorpusLine {
  file: string;
  rule_files: string[];
  verdict_promtool242: string;
  verdict_promtool35: string;
}

function collected(promtool: string): Case[] {
  const verdicts = join(corpus, 'verdicts.jsonl');
  if (!existsSync(verdicts)) return OWN;
  const lines = readFileSync(verdicts, 'utf8').split('\n').filter(Boolean);
  const text = (file: string): string => readFileSync(join(corpus, file), 'utf8');
  return lines
    .map((line) => JSON.parse(line) as CorpusLine)
    .map((line) => ({
      name: line.file,
      content: text(line.file),
      ruleFiles: line.rule_files.map(text),
      verdict: promtool.startsWith('2.') ? line.verdict_promtool242 : line.verdict_promtool35,
    }));
}

it('test files that others wrote come to the verdict that promtool came to', async () => {
  const { promtool: path } = await ensureBinaries(['promtool']);
  process.env.ALERTAGENT_PROMTOOL_BIN = path;
  const logger = { component: () => ({ warn: () => undefined }) };
  const promtool = new Promtool(logger as unknown as ConstructorParameters<typeof Promtool>[0]);
  await promtool.onModuleInit();
  delete process.env.ALERTAGENT_PROMTOOL_BIN;
  const tests = new PromtoolTests(promtool);

  const judge = async ({ content, ruleFiles }: Case): Promise<string> => {
    const read = readPromtestFile(content);
    if ('problems' in read) return `unreadable: ${read.problems[0]?.detail}`;
    const { state, results } = await tests.test(read.file, ruleFiles);
    return `${state} of ${results.length}`;
  };
  const version = (await tests.test(fileOf(test('1m')), [RULES])).promtool ?? '';
  const cases = collected(version);
  const verdicts = await Promise.all(cases.map(judge));
  const wrong = cases.flatMap(({ name, verdict }, index) =>
    verdicts[index]!.startsWith(verdict === 'pass' ? 'passed' : 'failed') ? [] : [[name, verdict, verdicts[index]]],
  );
  expect(wrong).toEqual([]);
  expect(cases.length).toBeGreaterThan(2);
}, 300_000);

function fileOf(content: string) {
  const read = readPromtestFile(content);
  if ('problems' in read) throw new Error('the test file of this test cannot be read');
  return read.file;
}
