import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { natsPermissions, SERVICE_NAMES, type ServiceName } from '@alertagent/contracts';
import { startNats } from '@alertagent/local-stack';
import type { AlertAgentConfig } from '@alertagent/service-kit';

/** What a service needs to reach NATS, as environment variables. */
export type NatsEnvironment = Record<string, string>;

/** The NATS server of this installation. */
export interface MessageServer {
  environmentOf(service: ServiceName): NatsEnvironment;
  stop(): Promise<void>;
}

/**
 * The configured NATS server, or a private one on loopback with a user per service whose permissions are those of
 * the contracts. Its passwords are new at each start and never leave this process and its children.
 */
export async function startMessageServer(
  config: AlertAgentConfig,
  onLine: (line: string) => void,
): Promise<MessageServer> {
  if (config.nats.url) return { environmentOf: () => ({}), stop: async () => undefined };
  const passwords = new Map(SERVICE_NAMES.map((service) => [service, randomBytes(24).toString('base64url')]));
  const server = await startNats({
    dataDir: join(config.data_dir, 'nats'),
    users: SERVICE_NAMES.map((service) => ({
      user: service,
      password: passwords.get(service) ?? '',
      ...natsPermissions(service),
    })),
    onLine,
  });
  return {
    environmentOf: (service) => ({
      ALERTAGENT_NATS_URL: server.url,
      ALERTAGENT_NATS_USER: service,
      ALERTAGENT_NATS_PASSWORD: passwords.get(service) ?? '',
    }),
    stop: () => server.stop(),
  };
}
