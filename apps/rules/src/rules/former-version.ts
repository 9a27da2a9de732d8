import type { RuleView } from '@alertagent/contracts';
import type { StoredRule } from './stored-rule';

/** A rule as it was at an earlier version; overrides that name a cluster then are taken as the present ones resolve it. */
export function formerVersion(rule: StoredRule, view: RuleView): StoredRule {
  const idOf = new Map(rule.overrides.map(({ target, clusterId }) => [JSON.stringify(target), clusterId]));
  return {
    ...rule,
    kind: view.kind ?? 'alerting',
    name: view.name,
    namespace: view.namespace ?? '',
    group: view.group,
    position: view.position ?? 0,
    expression: view.expression,
    duration: view.duration ?? null,
    keepFiringFor: view.keep_firing_for ?? null,
    severity: view.severity ?? null,
    labels: view.labels,
    annotations: view.annotations,
    runbook: view.runbook ?? null,
    enabled: view.enabled ?? true,
    parameters: view.parameters ?? {},
    overrides: (view.overrides ?? []).map((override) => {
      const clusterId = idOf.get(JSON.stringify(override.target));
      return clusterId === undefined ? override : { ...override, clusterId };
    }),
    version: view.version,
  };
}
