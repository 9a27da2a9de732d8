import type { RuleInput } from '@alertagent/contracts';

/** The rule that fires at once, so that the whole loop can be watched. */
export const DEMO_RULE = 'AlertAgentDemo';

const annotations = (summary: string, description: string) => ({ summary, description });

/** What the local cluster begins with; delete or change them like any other rule. */
export const STARTER_RULES: readonly Omit<RuleInput, 'targets'>[] = [
  {
    name: DEMO_RULE,
    expression: 'vector(1) == 1',
    severity: 'warning',
    labels: { team: 'platform', service: 'demo' },
    annotations: annotations(
      'The demo alert is firing',
      'It always does. Delete its rule to see the incident resolve and the rule proven gone.',
    ),
  },
  {
    name: 'TargetDown',
    expression: 'up == 0',
    duration: '1m',
    severity: 'critical',
    labels: { team: 'platform' },
    annotations: annotations(
      '{{ $labels.job }} on {{ $labels.instance }} cannot be scraped',
      'Prometheus has not reached this target for one minute.',
    ),
  },
  {
    name: 'RuleEvaluationFailing',
    expression: 'increase(prometheus_rule_evaluation_failures_total[5m]) > 0',
    duration: '5m',
    severity: 'warning',
    labels: { team: 'platform' },
    annotations: annotations(
      'Prometheus fails to evaluate rules',
      'Rules in {{ $labels.rule_group }} fail; their alerts cannot fire.',
    ),
  },
  {
    name: 'AlertDeliveryFailing',
    expression: 'rate(prometheus_notifications_errors_total[5m]) > 0',
    duration: '5m',
    severity: 'critical',
    labels: { team: 'platform' },
    annotations: annotations(
      'Prometheus cannot reach Alertmanager',
      'Alerts sent to {{ $labels.alertmanager }} are lost until this is mended.',
    ),
  },
];
