import { defaultPolicy, formatDuration, type PolicyDocument, type SuppressionDefinition } from '@alertagent/alerting';
import type { AlertAgentConfig } from '@alertagent/service-kit';

type GatewaySettings = AlertAgentConfig['gateway'];

/** The policy as the configuration file describes it. */
export function configuredPolicy({ convergence, routing }: GatewaySettings): PolicyDocument {
  const { enabled, group_by, window, max_alerts } = convergence;
  const { default_workflow, rules } = routing;
  return defaultPolicy({
    convergence: { enabled, group_by, window: formatDuration(window), max_alerts },
    routing: { default_workflow, rules: rules.map(({ match, workflow }) => ({ match, workflow })) },
  });
}

/** The suppression rules of the configuration file. They are changed there, not over the API. */
export function configuredSuppressions({ suppression }: GatewaySettings): SuppressionDefinition[] {
  if (!suppression.enabled) return [];
  return suppression.rules.map(({ name, condition, duration }) => ({
    id: `config:${name}`,
    name,
    kind: 'condition',
    owner: 'configuration file',
    reason: 'gateway.suppression.rules of alertagent.yml',
    starts_at_ms: 0,
    ends_at_ms: null,
    match: [],
    condition,
    duration: formatDuration(duration),
  }));
}
