import { atName, type RuleCheck } from './check';
import { valueOf } from './subject';

const RUNBOOKS = ['runbook_url', 'runbook', 'runbook_link', 'playbook', 'link'];

/** Who is woken by the alert is not told what to do. */
export const missingRunbook: RuleCheck = {
  name: 'missing-runbook',
  severity: 'info',
  find(rule) {
    if (rule.kind !== 'alerting' || RUNBOOKS.some((name) => valueOf(rule.annotations, name)?.text)) return [];
    return [atName(rule, 'has no runbook that says what to do')];
  },
};
