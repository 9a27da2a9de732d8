import { effectiveRule, versionGate, type GatedGroup, type RuleLoader } from '@alertagent/alerting';
import type { ClusterRule, OverriddenField } from '@alertagent/contracts';
import { definitionOf } from './rule-content';
import type { StoredRule } from './stored-rule';

/** The part of a cluster that decides what a rule is like there. */
export interface RuleSite {
  clusterId: string;
  labels: Record<string, string>;
}

/** Where no override applies: what the rule is by itself. */
export const NOWHERE: RuleSite = { clusterId: '', labels: {} };

/** A rule as it is on one cluster. */
export interface SitedRule {
  rule: ClusterRule;
  enabled: boolean;
  overridden: OverriddenField[];
}

/** What a cluster makes of a rule that may run there. */
export function ruleOnCluster(rule: Omit<StoredRule, 'nameKey'>, site: RuleSite): SitedRule {
  const applied = rule.overrides.flatMap(({ target, clusterId, ...terms }, index) =>
    clusterId === site.clusterId || (typeof target !== 'string' && hasLabels(target.labels, site.labels))
      ? [{ source: `/overrides/${index}`, terms }]
      : [],
  );
  const { rule: effective, overridden } = effectiveRule(definitionOf(rule), applied);
  const { kind, name, namespace, group, expression, duration, keep_firing_for } = effective;
  const { severity, labels, annotations, enabled } = effective;
  const content = { kind, name, namespace, group, position: rule.position, expression, duration, keep_firing_for };
  const isOther = overridden.some(({ field }) => field !== '/enabled');
  return {
    rule: {
      rule_id: rule.id,
      version: rule.version,
      ...content,
      severity,
      labels,
      annotations,
      ...(isOther ? { overridden: true } : {}),
    },
    enabled,
    overridden,
  };
}

/** Why members of the cluster cannot load the rule, as of what they said they are; null when all can, for all that is known. */
export function gateReason(
  rule: ClusterRule,
  group: GatedGroup,
  members: readonly (RuleLoader & { name: string })[],
): string | null {
  for (const { name, program, version } of members) {
    const reason = versionGate({ ...rule, kind: rule.kind ?? 'alerting' }, group, { program, version });
    if (reason !== null) return `${name}: ${reason}`;
  }
  return null;
}

const hasLabels = (wanted: Record<string, string>, labels: Record<string, string>): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);
