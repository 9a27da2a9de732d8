import type { ActionCaps, CatalogueEntry, ParameterSpec } from './catalogue-entry';

const HOUR_MS = 3_600_000;

/** Namespaces that keep a cluster itself alive are nobody's to restart from here, unless an operator says so. */
const WORKLOADS = ['*', '!kube-*', '!openshift-*', '!istio-system'] as const;

const CAREFUL: ActionCaps = { max_per_hour: 10, max_concurrent: 2, max_targets_per_hour: 3 };

/** A parameter of an entry, with what most have in common. */
export function parameter(
  name: string,
  type: ParameterSpec['type'],
  description: string,
  more: Partial<ParameterSpec> = {},
): ParameterSpec {
  return {
    name,
    type,
    description,
    required: false,
    min: null,
    max: null,
    one_of: null,
    default: null,
    from_label: null,
    ...more,
  };
}

const workflow: Omit<CatalogueEntry, 'id' | 'description' | 'parameters'> = {
  executor: 'n8n',
  address: null,
  is_signed: false,
  needs_service: true,
  targets: { clusters: ['*'], namespaces: WORKLOADS },
  post_check: 'alert_cleared',
  post_check_within_ms: 15 * 60_000,
  can_undo: false,
  caps: CAREFUL,
  timeout_ms: 60_000,
  allows_autonomy: false,
  is_idempotent: false,
};

const quieting: Omit<CatalogueEntry, 'id' | 'description' | 'executor' | 'is_idempotent'> = {
  address: null,
  is_signed: false,
  parameters: [
    parameter('duration', 'duration', 'For how long.', { required: true, min: 60_000, max: 24 * HOUR_MS }),
    parameter('alertname', 'string', 'Name of the alerts.', {
      required: true,
      min: 1,
      max: 200,
      from_label: 'alertname',
    }),
    parameter('instance', 'string', 'Only those of this instance.', { min: 1, max: 500 }),
    parameter('comment', 'string', 'Why, for whoever finds it.', { max: 500 }),
  ],
  needs_service: false,
  targets: { clusters: ['*'], namespaces: ['*'] },
  post_check: 'none',
  post_check_within_ms: 0,
  can_undo: true,
  caps: { max_per_hour: 30, max_concurrent: 5, max_targets_per_hour: 20 },
  timeout_ms: 30_000,
  allows_autonomy: false,
};

/** What every installation offers. An entry of the configuration with the same id replaces one of these. */
export const BUILT_IN_CATALOGUE: readonly CatalogueEntry[] = [
  {
    ...workflow,
    id: 'restart_service',
    description: 'Restarts a service through the n8n workflow for actions.',
    parameters: [
      parameter('graceful_shutdown', 'boolean', 'Whether it may finish what it is doing.', { default: true }),
      parameter('wait_time', 'duration', 'How long it may take to finish.', {
        default: '30s',
        min: 0,
        max: 10 * 60_000,
      }),
    ],
  },
  {
    ...workflow,
    id: 'scale_service',
    description: 'Sets the number of replicas of a service through the n8n workflow for actions.',
    parameters: [
      parameter('replicas', 'integer', 'How many there are to be.', { required: true, min: 1, max: 50 }),
      parameter('previous_replicas', 'integer', 'How many there were, to go back to.', { min: 1, max: 50 }),
    ],
  },
  {
    ...quieting,
    id: 'silence_alert',
    description: "Silences an alert in the cluster's Alertmanagers for a while.",
    executor: 'alertmanager_silence',
    is_idempotent: true,
  },
  {
    ...quieting,
    id: 'suppress_alert',
    description: 'Has AlertAgent hide an alert for a while; Alertmanager goes on as before.',
    executor: 'suppression',
    is_idempotent: false,
  },
];
