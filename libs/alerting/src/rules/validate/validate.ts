import { beyond } from '../template-text';
import type { Grammar } from '../promql/grammar';
import { lintRules, type LintOptions } from '../lint/lint-rules';
import { subjectOf, type RuleSubject } from '../lint/subject';
import { checkExpressionText } from './check-expression-text';
import { checkRuleContent, type CheckedRule } from './check-rule-content';
import { problemIn, textAt, type RuleProblem, type Validation } from './problem';
import { contentOf, wrongTypes, type RuleDocument } from './rule-document';
import { checkRuleFile } from './validate-rule-file';

/** What to check against, and which habits to look for; `lint` null looks for none. */
export interface ValidationOptions {
  grammar: Grammar;
  lint: LintOptions | null;
}

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
