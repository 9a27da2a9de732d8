import { analyseBuiltIn } from '@alertagent/alerting';
import { boundedResult, type AnalystOutcome } from './analyst-outcome';
import type { Evidence } from './evidence';

/** Analyses without any model: similar incidents, labels and the rule's own metadata. */
export function askBuiltInAnalyst({ subject, similar, rule }: Evidence): AnalystOutcome {
  const { alert } = subject;
  const result = analyseBuiltIn({
    alert: { name: alert.name, severity: alert.severity ?? null, labels: alert.labels, annotations: alert.annotations },
    similar: similar.map((incident) => ({
      incident_id: incident.id,
      title: incident.title,
      labels: incident.labels,
      resolution: null,
      resolved_after_ms: incident.resolvedAt ? incident.resolvedAt.getTime() - incident.openedAt.getTime() : null,
    })),
    rule: rule ? { expression: rule.expression, annotations: rule.annotations } : null,
  });
  return { status: 'completed', result: boundedResult(result) };
}
