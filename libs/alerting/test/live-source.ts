import { grammarOf } from '../src/rules/promql/grammar';
import type { LiveSource, QueryBudget } from '../src/rules/lint/live-check';
import { lintLive } from '../src/rules/lint/lint-live';
import type { RuleProblem } from '../src/rules/validate/problem';
import { subjectsIn } from '../src/rules/validate/validate';

/** A source that has these: per selector, the newest sample in milliseconds before now; per expression, its value. */
export function liveSource(series: Record<string, number>, values: Record<string, number> = {}) {
  const asked: string[] = [];
  const source: LiveSource = {
    has: async (selector, withinMs) => Promise.resolve((series[selector] ?? Infinity) <= withinMs),
    value: async (expression) => {
      asked.push(expression);
      return Promise.resolve(values[expression] ?? 0);
    },
  };
  return { source, asked };
}

/** What one check finds about an expression on a source. */
export async function foundLive(
  check: string,
  expression: string,
  source: LiveSource,
  budget: QueryBudget = { series: 100, samples: 1000 },
): Promise<Pick<RuleProblem, 'message' | 'column' | 'severity'>[]> {
  const [rule] = subjectsIn({ expression }, grammarOf('2.42.0')!);
  const problems = await lintLive(rule!, { severities: {}, budget }, source);
  return problems.flatMap(({ check: name, message, column, severity }) =>
    name === check ? [{ message, column, severity }] : [],
  );
}
