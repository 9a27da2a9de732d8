import { compileMatchers } from '@alertagent/alerting';
import type { RuleView } from '@alertagent/contracts';
import type { StoredApprovalPolicy } from './approval-policy.entity';

/** What a policy looks at. */
export type PolicedRule = Pick<RuleView, 'name' | 'severity' | 'labels' | 'owner'>;

/** Whether changes of the rule are the policy's business. */
export function isPoliced(policy: Pick<StoredApprovalPolicy, 'owner' | 'matchers'>, rule: PolicedRule): boolean {
  if (policy.owner !== null && policy.owner !== (rule.owner ?? '')) return false;
  const severity: Record<string, string> = rule.severity ? { severity: rule.severity } : {};
  return compileMatchers(policy.matchers)({ ...rule.labels, ...severity, alertname: rule.name });
}
