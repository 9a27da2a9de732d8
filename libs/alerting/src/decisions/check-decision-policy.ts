import { pointerTo, type FieldProblem } from '../problems';
import { compileDecisionCondition } from './decision-condition';
import type { DecisionPolicy } from './decision-policy';

const MOST_RULES = 100;

/** What is wrong with a policy; none: decisions can be made by it. */
export function checkDecisionPolicy({ thresholds, rules }: DecisionPolicy): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, value] of Object.entries(thresholds) as [string, unknown][]) {
    if (name === 'default_team') {
      if (typeof value !== 'string' || value.trim() === '')
        problems.push({ pointer: '/thresholds/default_team', code: 'required', detail: 'name a team' });
    } else if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
      problems.push({ pointer: `/thresholds/${name}`, code: 'out_of_range', detail: 'expected a number from 0 to 1' });
    }
  }
  if (rules.length > MOST_RULES)
    problems.push({ pointer: '/rules', code: 'too_many', detail: `at most ${MOST_RULES} rules` });
  const names = new Set<string>();
  rules.forEach((rule, index) => {
    if (names.has(rule.name))
      problems.push({
        pointer: pointerTo('rules', index, 'name'),
        code: 'duplicate',
        detail: 'two rules have this name',
      });
    names.add(rule.name);
    try {
      compileDecisionCondition(rule.when);
    } catch (error) {
      const detail = error instanceof Error ? error.message.slice(0, 200) : 'the condition is not valid';
      problems.push({ pointer: pointerTo('rules', index, 'when'), code: 'bad_condition', detail });
    }
  });
  return problems;
}
