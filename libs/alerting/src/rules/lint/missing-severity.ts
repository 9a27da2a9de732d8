import { atName, type RuleCheck } from './check';
import { valueOf } from './subject';

/** Routing and paging decide by severity. */
export const missingSeverity: RuleCheck = {
  name: 'missing-severity',
  severity: 'info',
  find(rule) {
    if (rule.kind !== 'alerting' || valueOf(rule.labels, 'severity')) return [];
    return [atName(rule, 'has no severity, by which alerts are routed')];
  },
};
