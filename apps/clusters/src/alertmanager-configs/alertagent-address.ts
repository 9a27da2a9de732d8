import type { AlertAgentConfig } from '@alertagent/service-kit';

/** How a cluster's Alertmanagers reach this AlertAgent, and how often. */
export interface AlertAgentAddress {
  webhook_url: string;
  credentials_file: string;
  group_by: string[];
  group_wait: string;
  group_interval: string;
  repeat_interval: string;
}

export function alertAgentAddress(config: AlertAgentConfig): AlertAgentAddress {
  return {
    webhook_url: `${config.server.publicUrl()}/api/v1/alerts/webhook`,
    // Relative to the configuration file, beside which the sidecar stores it.
    credentials_file: 'alertagent-webhook.token',
    group_by: ['alertname', 'cluster', 'service'],
    // Short: grouping for people is done by AlertAgent's convergence, this one only saves requests.
    group_wait: '1s',
    group_interval: '10s',
    repeat_interval: '1h',
  };
}
