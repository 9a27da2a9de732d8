import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBinaries, withTempDir } from '@alertagent/local-stack';
import { parse } from 'yaml';
import type { RenderedFile } from '../src/rendered-file';
import { defaultGrammar } from '../src/rules/promql/grammar';
import { validateRule } from '../src/rules/rule';
import { renderRuleFile, type PlacedRule } from '../src/rules/rule-file';
import { versionGate } from '../src/rules/version-gates';
import { checkRuleFile } from '../src/rules/validate/validate-rule-file';
import { fuzzedRules } from './fuzzed-rules';

/** `npm run fuzz:rules` asks for 10,000. */
const COUNT = Number(process.env.ALERTAGENT_FUZZ_RULES ?? 600);
const SEED = Number(process.env.ALERTAGENT_FUZZ_SEED ?? 1);
/** Rules of one file. */
const BATCH = 500;

interface WrittenRule {
  alert?: string;
  record?: string;
  expr: string;
  for?: string;
  keep_firing_for?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

function hostileStrings(): string[] {
  const corpora = process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../shared/corpora');
  const file = join(corpora, 'hostile/strings.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { text: string }).text);
}

/** A rule as it must stand in the file, character by character. */
function expected(rule: PlacedRule): WrittenRule {
  const isRecording = rule.kind === 'recording';
  const { severity, duration, keep_firing_for: keepFiringFor } = rule;
  const labels = { ...rule.labels, ...(severity ? { severity } : {}) };
  return {
    ...(isRecording ? { record: rule.name } : { alert: rule.name }),
    expr: rule.expression,
    ...(duration ? { for: duration } : {}),
    ...(keepFiringFor ? { keep_firing_for: keepFiringFor } : {}),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
    ...(isRecording ? {} : { annotations: rule.annotations }),
  };
}

/** Rules of the file by the id that the manifest, which is in their order, gives them. */
function written({ content, manifest }: RenderedFile): Map<string, WrittenRule> {
  const { groups } = parse(content) as { groups: { rules: WrittenRule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  return new Map(manifest.map(({ rule_id: id }, index) => [id, rules[index]!]));
}

const rules = fuzzedRules(COUNT, SEED, hostileStrings());
const judged = rules.map((rule) => ({ rule, problems: validateRule(rule) }));
const accepted = judged.filter(({ problems }) => problems.length === 0).map(({ rule }) => rule);
/** Those that the promtool here must take; the others are gated to clusters of later versions. */
const loadable = accepted.filter(
  (rule) =>
    versionGate(
      { ...rule, kind: rule.kind ?? 'alerting' },
      { limit: null, query_offset: null, labels: {} },
      { program: 'prometheus', version: '2.42.0' },
    ) === null,
);

it('every fuzzed rule that is refused is refused with a pointer to one of its fields', () => {
  const refused = judged.filter(({ problems }) => problems.length > 0);
  process.stdout.write(
    `fuzzed rules: ${accepted.length} taken (${loadable.length} by 2.42), ${refused.length} refused, seed ${SEED}\n`,
  );
  expect(Math.min(accepted.length, refused.length)).toBeGreaterThan(COUNT / 10);
  for (const { rule, problems } of refused) {
    for (const { pointer, detail } of problems) {
      expect([pointer, pointer.split('/')[1]! in rule, detail.length < 400]).toEqual([pointer, true, true]);
    }
  }
});

it('every other is written exactly, and real promtool loads the file', async () => {
  const { promtool } = await ensureBinaries(['promtool']);
  await withTempDir(async (dir) => {
    for (let start = 0; start < loadable.length; start += BATCH) {
      const batch = loadable.slice(start, start + BATCH);
      const rendered = renderRuleFile(batch);
      const { content } = rendered;
      const found = written(rendered);
      for (const rule of batch) {
        const { annotations, ...rest } = found.get(rule.rule_id) ?? { expr: '' };
        const own = Object.entries(annotations ?? {}).filter(([name]) => !name.startsWith('alertagent_'));
        const read = { ...rest, ...(rule.kind === 'recording' ? {} : { annotations: Object.fromEntries(own) }) };
        expect(read).toEqual(expected(rule));
      }
      expect(checkRuleFile(content, defaultGrammar()).problems).toEqual([]);
      const file = join(dir, 'rules.yml');
      writeFileSync(file, content);
      const { status, stderr } = spawnSync(promtool, ['check', 'rules', '--lint=none', file], {
        encoding: 'utf8',
        timeout: 60_000,
      });
      expect([status, stderr.slice(0, 500)]).toEqual([0, '']);
    }
  });
}, 600_000);
