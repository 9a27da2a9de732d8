import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { readTemplate } from '../src/rules/go-template/parser';
import { templateNames } from '../src/rules/go-template/prometheus-names';
import { readExpression } from '../src/rules/promql/expression';
import { grammarOf } from '../src/rules/promql/grammar';
import { mutations } from './mutations';

/** `npm run fuzz:rules` asks for more. */
const COUNT = Number(process.env.ALERTAGENT_FUZZ_RULES ?? 1500);
const SEED = Number(process.env.ALERTAGENT_FUZZ_SEED ?? 1);
const OWN_EXPRESSIONS = [
  'sum by (a) (rate(b{c=~"d.+"}[5m])) / on (a) group_left e > 0.5',
  '-a offset 5m ^ 2 == bool 1',
];
const OWN_TEMPLATES = [
  '{{ if gt $value 1.0 }}{{ $labels.a }}{{ else }}b{{ end }}',
  '{{ printf "%.2f" $value | title }}',
];

function corpus(file: string, field: string, own: string[]): string[] {
  const corpora = process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../shared/corpora');
  const path = join(corpora, file);
  if (!existsSync(path)) return own;
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  const texts = lines.map((line) => (JSON.parse(line) as Record<string, unknown>)[field]);
  return [...own, ...texts.filter((text) => typeof text === 'string' && text.length < 400).map(String)];
}

/** Which of the rules, each given as lines of YAML, the real promtool 2.42 refuses. */
async function refusedByPromtool(rules: readonly string[]): Promise<Set<number>> {
  const { promtool } = await ensureBinaries(['promtool']);
  return withTempDir(async (folder) => {
    const file = join(folder, 'rules.yml');
    await writeFile(file, `groups:\n- name: g\n  rules:\n${rules.join('')}`);
    const output = await new Promise<string>((done) => {
      const options = { maxBuffer: 256 * 1024 * 1024, timeout: 120_000 };
      execFile(promtool, ['check', 'rules', '--lint=none', file], options, (_, stdout, stderr) =>
        done(stdout + stderr),
      );
    });
    expect(output).toContain('Checking');
    return new Set([...output.matchAll(/group "g", rule (\d+), "a": /g)].map((match) => Number(match[1]) - 1));
  });
}

/** A text as YAML of any reader: ASCII in double quotes. */
function quoted(text: string): string {
  const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, escaped);
}

const grammar = grammarOf('2.42.0')!;

it('mutated expressions are refused exactly when promtool refuses them', async () => {
  const texts = mutations(corpus('promql/expressions.jsonl', 'expr', OWN_EXPRESSIONS), COUNT, SEED, 'promql');
  // Characters of two units would need another way of quoting.
  const expressions = texts.filter((text) => !/[\ud800-\udfff]/.test(text));
  const refused = await refusedByPromtool(expressions.map((text) => `  - record: a\n    expr: ${quoted(text)}\n`));
  const differ = expressions.filter(
    (text, index) => (readExpression(text, grammar).expr === null) !== refused.has(index),
  );
  expect(refused.size).toBeGreaterThan(COUNT / 10);
  expect(differ).toEqual([]);
}, 300_000);

it('mutated templates are refused exactly when promtool refuses them', async () => {
  const texts = mutations(corpus('templates/template_cases.jsonl', 'template', OWN_TEMPLATES), COUNT, SEED, 'template');
  const templates = texts.filter((text) => !/[\ud800-\udfff]/.test(text));
  const refused = await refusedByPromtool(
    templates.map((text) => `  - alert: a\n    expr: "1"\n    annotations: {x: ${quoted(text)}}\n`),
  );
  const differ = templates.filter(
    (text, index) => (readTemplate(text, templateNames(grammar)).fault !== null) !== refused.has(index),
  );
  expect(refused.size).toBeGreaterThan(COUNT / 10);
  expect(differ).toEqual([]);
}, 300_000);
