import type { RuleInput, RuleView } from '@alertagent/contracts';
import type { StoredRule } from './stored-rule';

type Viewed = Omit<
  StoredRule,
  'nameKey' | 'nameFolded' | 'searchText' | 'pinnedClusters' | 'hasSelectors' | 'duplicateNo'
>;

/** A rule as the API shows it. */
export function ruleView(rule: Viewed): RuleView {
  return {
    id: rule.id,
    kind: rule.kind,
    name: rule.name,
    namespace: rule.namespace,
    group: rule.group,
    position: rule.position,
    expression: rule.expression,
    duration: rule.duration,
    keep_firing_for: rule.keepFiringFor,
    severity: rule.severity,
    labels: rule.labels,
    annotations: rule.annotations,
    owner: rule.owner,
    runbook: rule.runbook,
    description: rule.description,
    enabled: rule.enabled,
    targets: rule.targets,
    parameters: rule.parameters,
    overrides: rule.overrides.map(({ clusterId: _pinned, ...override }) => override),
    version: rule.version,
    created_at: rule.createdAt.toISOString(),
    updated_at: rule.updatedAt.toISOString(),
    deleted_at: rule.deletedAt?.toISOString() ?? null,
  };
}

/** The input that would make this rule. */
export function ruleInputOf(view: RuleView): RuleInput {
  const {
    id: _id,
    version: _version,
    created_at: _created,
    updated_at: _updated,
    deleted_at: _deleted,
    ...input
  } = view;
  return input;
}
