import { loadConfiguration } from '../configuration/load-configuration';
import { runMigrationsCommand } from '../database/run-migrations-command';
import { exitOnConfigurationError } from '../lifecycle/exit-on-configuration-error';
import { drainMsOf, installShutdown } from '../lifecycle/install-shutdown';
import { createLogger, type Logger } from '../logging/logger';
import { createService, databaseOf, databaseUrlOf } from './create-service';
import type { ServiceDefinition } from './service-definition';

const USAGE = `usage: node main.js [migrate | --help]
  (nothing)  start the service
  migrate    bring the service's database up to date and exit
Settings come from alertagent.yml and ALERTAGENT_* variables; see docs/configuration.md.
`;

/** The main of every service: load the configuration, then migrate or serve until told to stop. */
export async function runService(
  definition: ServiceDefinition,
  args: readonly string[] = process.argv.slice(2),
): Promise<void> {
  const [command] = args;
  if (command !== undefined && command !== 'migrate') {
    process.stdout.write(USAGE);
    process.exitCode = command === '--help' ? 0 : 64;
    return;
  }
  const config = exitOnConfigurationError(() => loadConfiguration({ env: process.env }));
  const log = createLogger({ service: definition.name, config: config.logging });
  try {
    if (command === 'migrate') {
      const database = {
        ...databaseOf(definition),
        url: databaseUrlOf(definition, config),
        log: log.component('database'),
      };
      await runMigrationsCommand(database);
      return;
    }
    const service = await createService(definition, { config, log });
    installShutdown({ app: service, readiness: service.readiness, log, drainMs: drainMsOf(config.server.mode) });
  } catch (error) {
    stopWith(error, log);
  }
}

function stopWith(error: unknown, log: Logger): never {
  log.fatal({ error }, 'the service cannot run');
  process.exit(1);
}
