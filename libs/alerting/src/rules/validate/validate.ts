import { beyond } from '../template-text';
import type { Grammar } from '../promql/grammar';
import { lintRules, type LintOptions } from '../lint/lint-rules';
import { subjectOf, type RuleSubject } from '../lint/subject';
import { checkExpressionText } from './check-expression-text';
import { checkRuleContent, type CheckedRule } from './check-rule-content';
import { problemIn, textAt, type RuleProblem, type Validation } from './problem';
import { contentOf, wrongTypes, type RuleDocument } from './rule-document';
import { checkRuleFile, type CheckedFileRule } from './validate-rule-file';

/** What to check against, and which habits to look for; `lint` null looks for none. */
export interface ValidationOptions {
  grammar: Grammar;
  lint: LintOptions | null;
}

/** What can be validated. */
export type ToValidate = { expression: string } | { rule: RuleDocument } | { yaml: string };

/** Checks one expression. Pointers are `/expression`. */
export function validateExpression(expression: string, { grammar }: ValidationOptions): Validation {
  return verdictOf(checkExpressionText(textAt(expression, '/expression'), grammar).problems, []);
}

/** Checks a whole rule file. Pointers are those of the YAML document. */
export function validateRuleText(yaml: string, { grammar, lint }: ValidationOptions): Validation {
  const { problems, rules } = checkRuleFile(yaml, grammar);
  const subjects = fileSubjects(rules, grammar);
  const habits = rules.flatMap(({ checked }) => templatesBeyond(checked));
  return verdictOf(problems, [...habits, ...linted(subjects, lint)]);
}

/** Checks one rule of the API. Pointers are those of the rule: `/expression`, `/labels/team`. */
export function validateRuleDocument(document: RuleDocument, { grammar, lint }: ValidationOptions): Validation {
  const rule = contentOf(document);
  const checked = checkRuleContent(rule, grammar);
  const problems = [...checked.problems, ...wrongTypes(document)];
  const subject = documentSubject(document, { rule, checked, grammar });
  return verdictOf(problems, [...templatesBeyond(checked), ...linted([subject], lint)]);
}

/** The rules that Prometheus would load, as the checks of habits see them; an expression is one without a name. */
export function subjectsIn(given: ToValidate, grammar: Grammar): RuleSubject[] {
  if ('yaml' in given) return fileSubjects(checkRuleFile(given.yaml, grammar).rules, grammar).filter(isLoaded);
  const document = 'rule' in given ? given.rule : { name: 'expression', expression: given.expression };
  const rule = contentOf(document);
  return [documentSubject(document, { rule, checked: checkRuleContent(rule, grammar), grammar })].filter(isLoaded);
}

const isLoaded = (subject: RuleSubject | null): subject is RuleSubject => subject !== null;

const fileSubjects = (rules: readonly CheckedFileRule[], grammar: Grammar): (RuleSubject | null)[] =>
  rules.map(({ group, rule, checked }) =>
    subjectOf({ rule, checked, grammar, group: group.name?.text ?? '', interval: group.interval?.text ?? null }),
  );

function documentSubject(
  document: RuleDocument,
  read: Pick<Parameters<typeof subjectOf>[0], 'rule' | 'checked' | 'grammar'>,
): RuleSubject | null {
  const interval = typeof document.interval === 'string' ? document.interval : null;
  const group = typeof document.group === 'string' ? document.group : '';
  return subjectOf({ ...read, group, interval });
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
