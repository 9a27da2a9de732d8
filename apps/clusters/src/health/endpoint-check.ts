import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, outboundClient, type OutboundClient } from '@alertagent/service-kit';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

/** The longest that one check may take, in milliseconds; less when checks are made more often. */
const MAX_CHECK_MS = 5_000;

/** More than are ever open at once: clusters behind one name, some of which hang, must not wait for each other. */
const MAX_CONNECTIONS = 1_000;

/** What a look at an address said. */
export interface EndpointLook {
  /** Null when the address may not be asked. */
  healthy: boolean | null;
  reason: string | null;
  responseMs: number | null;
}

/** Asks an address how it is, as far as the operator lets requests go there. */
@Injectable()
export class EndpointCheck implements OnApplicationShutdown {
  private readonly client: OutboundClient;

  constructor({ security, alertmanager }: AlertAgentConfig) {
    // What is named in the configuration was chosen by the operator; what came over the API was not.
    const configured = alertmanager.clusters.map(({ endpoint }) => new URL(endpoint).origin);
    this.client = outboundClient({
      allow: [...security.outbound_allow, ...configured],
      totalMs: MAX_CHECK_MS,
      connectionsPerOrigin: MAX_CONNECTIONS,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  /** Alertmanager, Prometheus and VictoriaMetrics all answer `/-/healthy`. Never fails. */
  async look(endpoint: string, timeoutMs: number): Promise<EndpointLook> {
    const started = performance.now();
    try {
      const url = `${endpoint.replace(/\/+$/, '')}/-/healthy`;
      const { status } = await this.client.request({
        method: 'GET',
        url,
        timeoutMs: Math.min(timeoutMs, MAX_CHECK_MS),
      });
      const responseMs = performance.now() - started;
      if (status === 200) return { healthy: true, reason: null, responseMs };
      return { healthy: false, reason: `/-/healthy answered ${status}`, responseMs };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const isRefused = error.code === 'invalid';
      return {
        healthy: isRefused ? null : false,
        reason: isRefused ? `not checked: ${error.message} (security.outbound_allow)` : error.message,
        responseMs: null,
      };
    }
  }
}
