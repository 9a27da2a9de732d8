import { problemIn, type RuleProblem, type Severity } from '../validate/problem';
import { RULE_CHECKS, RULES_CHECKS } from './checks';
import type { Finding } from './check';
import type { RuleSubject } from './subject';

/** Severity of checks by name, where it differs from their own; `off` turns one off. */
export interface LintOptions {
  severities: Readonly<Record<string, Severity | 'off'>>;
}

/** Looks for habits in rules that Prometheus would load. What a rule suppresses is told as `info`, with the reason. */
export function lintRules(rules: readonly (RuleSubject | null)[], { severities }: LintOptions): RuleProblem[] {
  const subjects = rules.filter((rule) => rule !== null);
  const problems: RuleProblem[] = [];
  for (const check of RULE_CHECKS) {
    const severity = severityOf(check, severities);
    if (severity === 'off') continue;
    for (const rule of subjects) {
      for (const finding of check.find(rule)) problems.push(problemOf(check.name, severity, rule, finding));
    }
  }
  for (const check of RULES_CHECKS) {
    const severity = severityOf(check, severities);
    if (severity === 'off') continue;
    for (const { rule, ...finding } of check.findAmong(subjects)) {
      problems.push(problemOf(check.name, severity, rule, finding));
    }
  }
  return problems;
}

/** As configured, or else as the check has it. */
export const severityOf = (
  check: { name: string; severity: Severity },
  severities: LintOptions['severities'],
): Severity | 'off' => (Object.hasOwn(severities, check.name) ? severities[check.name]! : check.severity);

/** A finding as it is told; `info` with the reason when the rule suppresses it. */
export function problemOf(check: string, severity: Severity, rule: RuleSubject, finding: Finding): RuleProblem {
  const { message, text, at, fix = null } = finding;
  const reason = rule.suppressed.get(check);
  if (reason === undefined) return problemIn(text, at, { check, severity, message, fix });
  return problemIn(text, at, { check, severity: 'info', message: `suppressed (${reason}): ${message}` });
}
