import { defaultPolicy, type ConvergenceRule, type PolicyDocument } from '@alertagent/alerting';

/** The policy for a stream: what somebody who knows the system would configure, with nothing taken from the truth. */
export function policyFor(stream: string): PolicyDocument {
  const policy = defaultPolicy({
    convergence: { enabled: true, group_by: ['alertname', 'service'], window: '5m', max_alerts: 10 },
    routing: { default_workflow: 'alert-analysis', rules: [] },
  });
  const rule = RULES[stream];
  return rule ? { ...policy, convergence: [{ ...policy.convergence[0]!, ...rule }] } : policy;
}

const RULES: Record<string, Partial<ConvergenceRule>> = {
  // Devices of a network: what one device reports within some seconds has one cause.
  huawei_csl2023: {
    name: 'device',
    strategy: { by: 'labels', labels: ['instance'] },
    window: '12s',
    max_alerts: 1000,
  },
  // Services that call each other within a namespace: an outage ripples through them for minutes.
  itbench_groundtruth: {
    name: 'namespace',
    strategy: { by: 'labels', labels: ['namespace'] },
    window: '5m',
    max_alerts: 100,
    grace: '2m',
  },
};
