import { pointerTo } from '../../problems';
import { fillIn, type RuleParameters } from '../parameters';
import { beyond } from '../template-text';
import type { Grammar } from '../promql/grammar';
import { lintRules, type LintOptions } from '../lint/lint-rules';
import { subjectOf, type RuleSubject } from '../lint/subject';
import { checkExpressionText } from './check-expression-text';
import { checkRuleContent, type CheckedRule, type Pair, type RuleContentToCheck } from './check-rule-content';
import { problemIn, textAt, type PlacedText, type RuleProblem, type Validation } from './problem';
import { checkRuleFile } from './validate-rule-file';

/** What to check against, and which habits to look for; `lint` null looks for none. */
export interface ValidationOptions {
  grammar: Grammar;
  lint: LintOptions | null;
}

/** A rule as the API takes it; all that is not text where text is expected counts as missing. */
export type RuleDocument = Readonly<Record<string, unknown>>;

/** Checks one expression. Pointers are `/expression`. */
export function validateExpression(expression: string, { grammar }: ValidationOptions): Validation {
  return verdictOf(checkExpressionText(textAt(expression, '/expression'), grammar).problems, []);
}

/** Checks a whole rule file. Pointers are those of the YAML document. */
export function validateRuleText(yaml: string, { grammar, lint }: ValidationOptions): Validation {
  const { problems, rules } = checkRuleFile(yaml, grammar);
  const subjects = rules.map(({ group, rule, checked }) =>
    subjectOf({ rule, checked, grammar, group: group.name?.text ?? '', interval: group.interval?.text ?? null }),
  );
  const habits = rules.flatMap(({ checked }) => templatesBeyond(checked));
  return verdictOf(problems, [...habits, ...linted(subjects, lint)]);
}

/** Checks one rule of the API. Pointers are those of the rule: `/expression`, `/labels/team`. */
export function validateRuleDocument(document: RuleDocument, { grammar, lint }: ValidationOptions): Validation {
  const rule = contentOf(document);
  const checked = checkRuleContent(rule, grammar);
  const problems = [...checked.problems, ...wrongTypes(document)];
  const interval = typeof document.interval === 'string' ? document.interval : null;
  const group = typeof document.group === 'string' ? document.group : '';
  const subject = subjectOf({ rule, checked, grammar, group, interval });
  return verdictOf(problems, [...templatesBeyond(checked), ...linted([subject], lint)]);
}

function linted(subjects: (RuleSubject | null)[], lint: LintOptions | null): RuleProblem[] {
  return lint ? lintRules(subjects, lint) : [];
}

function verdictOf(refusals: RuleProblem[], habits: RuleProblem[]): Validation {
  const problems = [...refusals, ...habits].sort((a, b) => a.line - b.line || a.column - b.column);
  return { valid: refusals.length === 0, problems };
}

/** Prometheus loads templates that read any series; who may not write them is told before saving. */
function templatesBeyond({ templates }: CheckedRule): RuleProblem[] {
  return templates.flatMap(({ pair, uses }) => {
    const found = beyond({ uses: [...uses] });
    if (!found) return [];
    const message = `"${found.name}" in a template reaches beyond the alert: only administrators may save it`;
    return [problemIn(pair.value, found.offset, { check: 'template-beyond-alert', severity: 'warning', message })];
  });
}

const TEXTS = ['name', 'expression', 'duration', 'keep_firing_for', 'severity'] as const;

function contentOf(document: RuleDocument): RuleContentToCheck {
  const fill = filler(document.parameters);
  const text = (field: string): PlacedText | null => {
    const value = document[field];
    return typeof value === 'string' ? textAt(fill(value), pointerTo(field)) : null;
  };
  const duration = (field: string): PlacedText | null => (document[field] === '' ? null : text(field));
  const isRecording = document.kind === 'recording';
  const severity = isRecording ? null : text('severity');
  const labels = pairsOf(document, 'labels', fill);
  if (severity && severity.text !== '') labels.push({ name: { ...severity, text: 'severity' }, value: severity });
  return {
    self: textAt('', ''),
    alert: isRecording ? null : text('name'),
    record: isRecording ? text('name') : null,
    expr: text('expression'),
    for: duration('duration'),
    keepFiringFor: duration('keep_firing_for'),
    labels,
    annotations: isRecording ? [] : annotationsOf(document, fill),
  };
}

function annotationsOf(document: RuleDocument, fill: (text: string) => string): Pair[] {
  const annotations = pairsOf(document, 'annotations', fill);
  const { runbook } = document;
  if (typeof runbook === 'string' && runbook !== '') {
    const value = textAt(runbook, '/runbook');
    annotations.push({ name: { ...value, text: 'runbook_url' }, value });
  }
  return annotations;
}

function pairsOf(document: RuleDocument, field: string, fill: (text: string) => string): Pair[] {
  const map = document[field];
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return [];
  return Object.entries(map).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [];
    const pointer = pointerTo(field, name);
    return [{ name: textAt(name, pointer), value: textAt(fill(value), pointer) }];
  });
}

/** Puts the values of declared parameters in the place of `${name}`. */
function filler(parameters: unknown): (text: string) => string {
  if (typeof parameters !== 'object' || parameters === null) return (text) => text;
  const values = Object.entries(parameters).filter(([, value]) => ['number', 'string'].includes(typeof value));
  return (text) => fillIn(text, Object.fromEntries(values) as RuleParameters);
}

/** Fields that hold something else than text; such a rule could not be written into a file. */
function wrongTypes(document: RuleDocument): RuleProblem[] {
  const wrong = (pointer: string, message: string): RuleProblem =>
    problemIn(textAt('', pointer), 0, { check: 'rule/type', message });
  const found = TEXTS.filter((field) => {
    const value = document[field];
    return value !== undefined && value !== null && typeof value !== 'string';
  }).map((field) => wrong(pointerTo(field), 'must be text'));
  for (const field of ['labels', 'annotations']) {
    const map = document[field];
    if (map === undefined || map === null) continue;
    if (typeof map !== 'object' || Array.isArray(map)) found.push(wrong(pointerTo(field), 'must be a map of text'));
    else
      for (const [name, value] of Object.entries(map))
        if (typeof value !== 'string') found.push(wrong(pointerTo(field, name), 'must be text'));
  }
  return found;
}
