import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import type { Clock } from '../clock/clock';
import { AlertAgentConfig } from '../configuration/alertagent-config';
import { createLogger } from '../logging/logger';
import { createService, type RunningService } from '../service/create-service';
import type { ServiceDefinition } from '../service/service-definition';

type DeepPartial<T> = { [K in keyof T]?: T[K] extends object ? DeepPartial<T[K]> : T[K] };

export interface TestServiceOptions {
  /** `sqlite:<directory>` or `mysql://…`; a fresh directory, removed by `close()`, when absent. */
  databaseUrl?: string;
  natsUrl: string;
  config?: DeepPartial<AlertAgentConfig>;
  clock?: Clock;
}

export interface TestService extends RunningService {
  /** An instance out of the service's container. */
  get<T>(token: abstract new (...args: never[]) => T): T;
  /** Lines the service logged, parsed. */
  logLines(): Record<string, unknown>[];
}

/** Starts a real service in this process, on free ports, with its real migrations. */
export async function startService(definition: ServiceDefinition, options: TestServiceOptions): Promise<TestService> {
  const config = new AlertAgentConfig();
  config.server.port = 0;
  config.server.config_port = 0;
  config.server.ops_port = 0;
  config.nats.url = options.natsUrl;
  const sqliteDir = options.databaseUrl?.startsWith('sqlite:') ? options.databaseUrl.slice('sqlite:'.length) : null;
  const ownDir = sqliteDir ?? mkdtempSync(join(tmpdir(), 'alertagent-test-'));
  config.data_dir = ownDir;
  if (options.databaseUrl && sqliteDir === null) config.database.url = options.databaseUrl;
  merge(config as unknown as Record<string, unknown>, (options.config ?? {}) as Record<string, unknown>);

  const lines: string[] = [];
  const log = createLogger({
    service: definition.name,
    config: config.logging,
    destination: { write: (line) => void lines.push(line) },
  });
  const removeOwnDir = (): void => (sqliteDir ? undefined : rmSync(ownDir, { recursive: true, force: true }));
  const setup = { config, log, clock: options.clock, processMetrics: false };
  const service = await createService(definition, setup).catch((error: unknown) => {
    removeOwnDir();
    throw error;
  });
  return {
    ...service,
    close: async () => {
      await service.close();
      removeOwnDir();
    },
    get: <T>(token: abstract new (...args: never[]) => T) =>
      service.app.get<T>(token as unknown as Type<T>, { strict: false }),
    logLines: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

function merge(target: Record<string, unknown>, changes: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(changes)) {
    const current = target[key];
    const nested =
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      typeof current === 'object' &&
      current !== null;
    if (nested) merge(current as Record<string, unknown>, value as Record<string, unknown>);
    else target[key] = value;
  }
}
