import { atName, type RuleCheck } from './check';
import { valueOf } from './subject';

/** Annotations that say in words what is wrong. */
const TEXTS = ['summary', 'description', 'message', 'title'];

/** Who is woken by the alert reads nothing but its name. */
export const missingSummary: RuleCheck = {
  name: 'missing-summary',
  severity: 'warning',
  find(rule) {
    if (rule.kind !== 'alerting' || TEXTS.some((name) => valueOf(rule.annotations, name)?.text)) return [];
    return [atName(rule, 'has neither summary nor description to say what is wrong')];
  },
};
