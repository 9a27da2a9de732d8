import type { AlertAgentConfig } from '../configuration/alertagent-config';
import { loadConfiguration } from '../configuration/load-configuration';
import { parseDatabaseUrl } from '../database/database-url';
import { runMigrationsCommand } from '../database/run-migrations-command';
import { exitOnConfigurationError } from '../lifecycle/exit-on-configuration-error';
import { drainMsOf, installShutdown } from '../lifecycle/install-shutdown';
import { createLogger, type Logger } from '../logging/logger';
import { BackgroundThread } from '../parts/background-thread';
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
    const thread = backgroundOf(definition, config, log);
    const service = await createService(definition, { config, log, ...(thread ? { part: 'edge', thread } : {}) });
    installShutdown({ app: service, readiness: service.readiness, log, drainMs: drainMsOf(config.server.mode) });
    // Callers first: what they bring in now waits in the database for the background.
    await thread?.start();
  } catch (error) {
    stopWith(error, log);
  }
}

/** The thread for a service's own work, if it has such a part and its database takes more than one writer. */
function backgroundOf(
  definition: ServiceDefinition,
  config: AlertAgentConfig,
  log: Logger,
): BackgroundThread | undefined {
  const { background } = definition;
  if (!background || parseDatabaseUrl(databaseUrlOf(definition, config)).kind === 'sqlite') return undefined;
  return new BackgroundThread(background, (error) => stopWith(error, log));
}

function stopWith(error: unknown, log: Logger): never {
  log.fatal({ error }, 'the service cannot run');
  process.exit(1);
}
