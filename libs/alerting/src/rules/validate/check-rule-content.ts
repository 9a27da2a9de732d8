import { excerpt } from '../../problems';
import { parseDuration } from '../../durations';
import type { Expr } from '../promql/ast';
import type { Grammar } from '../promql/grammar';
import type { ValueType } from '../promql/functions';
import { readTemplate, type TemplateUse } from '../go-template/parser';
import { templateNames } from '../go-template/prometheus-names';
import { checkExpressionText } from './check-expression-text';
import { durationFix } from './duration-fix';
import { problemIn, type PlacedText, type RuleProblem } from './problem';

/** A rule as it stands in a file, each text with its place. Null: not there. */
export interface RuleContentToCheck {
  /** The rule itself, for what is missing. */
  self: PlacedText;
  alert: PlacedText | null;
  record: PlacedText | null;
  expr: PlacedText | null;
  for: PlacedText | null;
  keepFiringFor: PlacedText | null;
  labels: readonly Pair[];
  annotations: readonly Pair[];
}

/** A label or an annotation. */
export interface Pair {
  name: PlacedText;
  value: PlacedText;
}

/** What was found about a rule, with what was read on the way. */
export interface CheckedRule {
  problems: RuleProblem[];
  expr: Expr | null;
  type: ValueType | null;
  templates: readonly { pair: Pair; isLabel: boolean; uses: readonly TemplateUse[] }[];
}

const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Everything for which Prometheus would refuse to load a rule. */
export function checkRuleContent(rule: RuleContentToCheck, grammar: Grammar): CheckedRule {
  const problems: RuleProblem[] = [];
  const alert = present(rule.alert);
  const record = present(rule.record);
  const at = (placed: PlacedText, check: string, message: string, fix?: string | null): void => {
    problems.push(problemIn(placed, 0, { check, message, fix: fix ?? null }));
  };
  if (alert && record) at(record, 'rule/shape', 'a rule has either alert or record, not both');
  if (!alert && !record) at(rule.record ?? rule.alert ?? rule.self, 'rule/shape', 'a rule needs alert or record');
  const expr = present(rule.expr);
  const checked = expr ? checkExpressionText(expr, grammar) : null;
  if (checked) problems.push(...checked.problems);
  else at(rule.expr ?? rule.self, 'rule/shape', 'a rule needs an expression');
  problems.push(...durationProblems(rule.for), ...durationProblems(rule.keepFiringFor));
  if (record) {
    problems.push(...recordingProblems(record, rule, grammar));
  }
  for (const { name, value } of rule.labels) {
    const isValid = isLabelName(name.text, grammar) && name.text !== '__name__';
    if (!isValid) at(name, 'rule/label-name', `"${excerpt(name.text)}" cannot be the name of a label`);
    if (!value.text.isWellFormed()) at(value, 'rule/label-value', 'the value holds half of a surrogate pair');
  }
  for (const { name } of rule.annotations) {
    if (!isLabelName(name.text, grammar)) {
      at(name, 'rule/annotation-name', `"${excerpt(name.text)}" cannot be the name of an annotation`);
    }
  }
  const templates = alert ? readTemplates(rule, grammar, problems) : [];
  return { problems, expr: checked?.expr ?? null, type: checked?.type ?? null, templates };
}

function present(placed: PlacedText | null): PlacedText | null {
  return placed && placed.text !== '' ? placed : null;
}

/** Whether a version takes a text as the name of a label. */
export function isLabelName(name: string, { anyNames }: Grammar): boolean {
  return anyNames ? name !== '' && name.isWellFormed() : LABEL.test(name);
}

/** What is wrong with a duration of a rule file. */
export function durationProblems(placed: PlacedText | null): RuleProblem[] {
  if (!placed || parseDuration(placed.text) !== null) return [];
  const message = `"${excerpt(placed.text)}" is not a duration such as 30s, 5m or 1h30m`;
  return [problemIn(placed, 0, { check: 'rule/duration', message, fix: durationFix(placed.text) })];
}

function recordingProblems(record: PlacedText, rule: RuleContentToCheck, grammar: Grammar): RuleProblem[] {
  const problems: RuleProblem[] = [];
  const refuse = (placed: PlacedText, message: string, check = 'rule/shape'): void => {
    problems.push(problemIn(placed, 0, { check, message }));
  };
  if (rule.annotations.length > 0) refuse(rule.annotations[0]!.name, 'a recording rule takes no annotations');
  for (const [name, placed] of [
    ['for', rule.for],
    ['keep_firing_for', rule.keepFiringFor],
  ] as const) {
    if (placed && (parseDuration(placed.text) ?? 0) > 0) refuse(placed, `a recording rule takes no ${name}`);
  }
  const name = record.text;
  const isName = grammar.anyNames ? name.isWellFormed() && !/[{}]/.test(name) : METRIC.test(name);
  if (!isName) refuse(record, `"${excerpt(name)}" cannot be the name of a metric`, 'rule/record-name');
  return problems;
}

function readTemplates(rule: RuleContentToCheck, grammar: Grammar, problems: RuleProblem[]): CheckedRule['templates'] {
  const names = templateNames(grammar);
  const pairs = [
    ...rule.labels.map((pair) => ({ pair, isLabel: true })),
    ...rule.annotations.map((pair) => ({ pair, isLabel: false })),
  ];
  return pairs.map(({ pair, isLabel }) => {
    const { fault, uses } = readTemplate(pair.value.text, names);
    if (fault) {
      problems.push(
        problemIn(pair.value, fault.offset, {
          check: 'rule/template',
          message: `the template is refused: ${fault.detail}`,
        }),
      );
    }
    return { pair, isLabel, uses };
  });
}
