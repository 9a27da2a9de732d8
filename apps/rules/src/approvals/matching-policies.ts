import { compileMatchers, effectiveRule, type OverrideTerms } from '@alertagent/alerting';
import type { RuleView } from '@alertagent/contracts';
import type { StoredApprovalPolicy } from './approval-policy.entity';

/** What a policy looks at. */
export type PolicedRule = Pick<RuleView, 'name' | 'severity' | 'labels' | 'owner' | 'parameters' | 'overrides'>;

type Labels = Record<string, string>;

/**
 * Whether changes of the rule are the policy's business, in a group with these labels. A rule is what it is on any cluster: each
 * matcher may find what it looks for in the rule itself, or in what an override makes of it somewhere.
 */
export function isPoliced(
  policy: Pick<StoredApprovalPolicy, 'owner' | 'matchers'>,
  rule: PolicedRule,
  groupLabels: Labels = {},
): boolean {
  if (policy.owner !== null && policy.owner !== (rule.owner ?? '')) return false;
  const faces = facesOf(rule, groupLabels);
  return policy.matchers.every((matcher) => faces.some(compileMatchers([matcher])));
}

/** Labels of the rule's alerts: by itself, with each of its overrides alone, and with all of them. */
function facesOf(rule: PolicedRule, groupLabels: Labels): Labels[] {
  const overrides = rule.overrides ?? [];
  const combinations: OverrideTerms[][] = [[], ...overrides.map((one) => [one])];
  if (overrides.length > 1) combinations.push(overrides);
  const own = { expression: '', annotations: {}, labels: rule.labels, severity: rule.severity ?? null };
  return combinations.map((terms) => {
    const applied = terms.map((one, index) => ({ source: `/overrides/${index}`, terms: one }));
    const definition = { ...own, parameters: rule.parameters ?? {}, enabled: true };
    const { labels, severity } = effectiveRule(definition, applied).rule;
    return { ...groupLabels, ...labels, ...(severity ? { severity } : {}), alertname: rule.name };
  });
}
