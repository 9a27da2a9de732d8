import type { RuleProblem } from '../validate/problem';
import { LIVE_CHECKS } from './checks';
import { problemOf, severityOf, type LintOptions } from './lint-rules';
import type { LiveSource, QueryBudget } from './live-check';
import type { RuleSubject } from './subject';

/** Looks for habits of one rule that only show on the data of a cluster. Errors: those of the source. */
export async function lintLive(
  rule: RuleSubject,
  { severities, budget }: LintOptions & { budget: QueryBudget },
  source: LiveSource,
): Promise<RuleProblem[]> {
  const problems: RuleProblem[] = [];
  for (const check of LIVE_CHECKS) {
    const severity = severityOf(check, severities);
    if (severity === 'off') continue;
    for (const finding of await check.findOn(rule, source, budget))
      problems.push(problemOf(check.name, severity, rule, finding));
  }
  return problems;
}
