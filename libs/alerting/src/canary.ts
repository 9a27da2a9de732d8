import { CANARY_GROUP, type PlacedGroup, type PlacedRule } from './rules/rule-file';

export const CANARY_ALERT = 'AlertAgentCanary';
/** Stands for a rule's id, so that the canary is read back and proven like any rule. */
export const CANARY_RULE_ID = 'alertagent-canary';
/** The label that tells replicas apart. */
const INSTANCE_LABEL = 'prometheus_url';

/** The rule that fires always. */
export const canaryRule: PlacedRule & { group: string } = {
  rule_id: CANARY_RULE_ID,
  version: 1,
  name: CANARY_ALERT,
  group: CANARY_GROUP,
  expression: 'vector(1)',
  severity: 'none',
  labels: { source: 'alertagent', [INSTANCE_LABEL]: '{{ $externalURL }}' },
  annotations: { summary: 'Fires always, so that AlertAgent notices when alerts do not arrive. Nobody is told.' },
};

/** Its group is evaluated often, so that a Prometheus that stands still is noticed. */
export const canaryGroup: PlacedGroup = { namespace: '', name: CANARY_GROUP, interval: '30s', labels: {} };

/** Whether an alert with these labels is a canary. */
export const isCanary = (labels: Readonly<Record<string, unknown>>): boolean =>
  labels['alertname'] === CANARY_ALERT && labels['source'] === 'alertagent';

/** The Prometheus a canary comes from, by its external URL; empty where that is not told. */
export function canaryInstance(labels: Readonly<Record<string, unknown>>): string {
  const instance = labels[INSTANCE_LABEL];
  return typeof instance === 'string' ? [...instance].slice(0, 200).join('') : '';
}
