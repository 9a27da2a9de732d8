import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AgreementFigures, type JudgedCase } from '../../test/agreement-figures';
import { readTemplate } from './go-template/parser';
import { templateNames } from './go-template/prometheus-names';
import { readExpression } from './promql/expression';
import { grammarOf } from './promql/grammar';
import { checkRuleFile } from './validate/validate-rule-file';

/** Verdicts of the real promtool, collected beforehand; a copy of the project without them checks the few below. */
const corpora = process.env.ALERTAGENT_CORPORA ?? resolve(__dirname, '../../../../../shared/corpora');
const VERSIONS = [
  { version: '2.42.0', suffix: '242' },
  { version: '2.53.3', suffix: '253' },
  { version: '3.5.3', suffix: '35' },
];

type Row = Record<string, string | boolean | null | undefined>;

function rows(file: string, own: Row[]): Row[] {
  const path = join(corpora, file);
  if (!existsSync(path)) return own;
  return [
    ...own,
    ...readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  ];
}

const figures = new AgreementFigures();
afterAll(() => figures.print());

describe.each(VERSIONS)('the verdicts of promtool $version are ours', ({ version, suffix }) => {
  const grammar = grammarOf(version)!;
  const compare = (kind: string, cases: readonly JudgedCase[]): string[] =>
    figures.disagreements(kind, `promtool ${version}`, cases);

  it('on expressions', () => {
    const own = [
      { expr: 'up', valid_by_promtool242: true },
      { expr: 'up[5m', valid_by_promtool242: false },
    ];
    const cases = rows('promql/expressions.jsonl', own).flatMap((row) => {
      // Other versions are only noted where they differ from the first.
      const theirs = row[`valid_by_promtool${suffix}`] ?? row.valid_by_promtool242;
      if (typeof theirs !== 'boolean' || typeof row.expr !== 'string') return [];
      return [{ what: row.expr, theirs, ours: readExpression(row.expr, grammar).expr !== null }];
    });
    expect(cases.some(({ theirs }) => theirs)).toBe(true);
    expect(compare('expressions', cases)).toEqual([]);
  });

  it('on rule files', () => {
    const cases = rows('rules/verdicts.jsonl', []).map((row) => {
      const text = readFileSync(join(corpora, 'rules', String(row.file)), 'utf8');
      const theirs = row[`verdict_promtool${suffix}`] === 'ok';
      return { what: String(row.file), theirs, ours: checkRuleFile(text, grammar).problems.length === 0 };
    });
    expect(compare('rule files', cases)).toEqual([]);
  });

  it('on templates', () => {
    const own = [
      { template: '{{ $value }}', annotation_ok_promtool242: true, annotation_ok_promtool35: true },
      { template: '{{ foo }}', annotation_ok_promtool242: false, annotation_ok_promtool35: false },
    ];
    const strings = suffix === '242' ? rows('hostile/strings.jsonl', []) : [];
    const judged = [
      ...rows('templates/template_cases.jsonl', own).map((row) => ({
        text: row.template,
        theirs: row[`annotation_ok_promtool${suffix === '253' ? '242' : suffix}`],
      })),
      ...strings.map((row) => ({ text: row.text, theirs: row.promtool242_annotation_ok })),
    ];
    const cases = judged.flatMap(({ text, theirs }) => {
      if (typeof theirs !== 'boolean' || typeof text !== 'string') return [];
      return [{ what: text, theirs, ours: readTemplate(text, templateNames(grammar)).fault === null }];
    });
    expect(compare('templates and hostile strings', cases)).toEqual([]);
  });
});
