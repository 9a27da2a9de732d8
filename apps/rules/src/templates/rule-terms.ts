import type { RuleInput, RuleOverride, RuleParameters, RuleTarget, RuleView } from '@alertagent/contracts';

/** All that an instance says about a rule, with defaults filled in: two that mean the same are equal. */
export interface RuleTerms {
  kind: 'alerting' | 'recording';
  name: string;
  namespace: string;
  group: string;
  expression: string;
  duration: string | null;
  keep_firing_for: string | null;
  severity: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  owner: string | null;
  runbook: string | null;
  description: string | null;
  enabled: boolean;
  targets: RuleTarget[];
  parameters: RuleParameters;
  overrides: RuleOverride[];
}

/** The terms of a rule as somebody writes it, or as it stands. */
export function ruleTerms(rule: RuleInput | RuleView): RuleTerms {
  return {
    kind: rule.kind ?? 'alerting',
    name: rule.name,
    namespace: rule.namespace ?? '',
    group: rule.group ?? '',
    expression: rule.expression,
    duration: rule.duration || null,
    keep_firing_for: rule.keep_firing_for || null,
    severity: rule.severity || null,
    labels: sorted(rule.labels ?? {}),
    annotations: sorted(rule.annotations ?? {}),
    owner: rule.owner || null,
    runbook: rule.runbook || null,
    description: rule.description || null,
    enabled: rule.enabled ?? true,
    targets: rule.targets.map((target) => (typeof target === 'string' ? target : { labels: sorted(target.labels) })),
    parameters: sorted(rule.parameters ?? {}),
    overrides: (rule.overrides ?? []).map(plainOverride),
  };
}

export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Without what it leaves as it is. */
function plainOverride(override: RuleOverride): RuleOverride {
  const { target, parameters, labels, ...rest } = override;
  const plain = Object.entries({
    target: typeof target === 'string' ? target : { labels: sorted(target.labels) },
    parameters: parameters && sorted(parameters),
    duration: rest.duration,
    keep_firing_for: rest.keep_firing_for,
    severity: rest.severity,
    labels: labels && sorted(labels),
    enabled: rest.enabled,
  });
  return Object.fromEntries(
    plain.filter(([, value]) => value !== undefined && value !== null),
  ) as unknown as RuleOverride;
}

function sorted<T>(map: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}
