import { SERVICE_NAMES, type ServiceName } from '@alertagent/contracts';

/** What the command line asks for. */
export interface LaunchOptions {
  /** Run a local Prometheus, Alertmanager and two sidecars as the cluster `local`. */
  demo: boolean;
  /** The services to run; all of them unless told. */
  services: readonly ServiceName[];
  /** Restart a service when its compiled files change. */
  watch: boolean;
}

export const USAGE = `usage: npm start [-- options]

  --no-demo          leave the local Prometheus, Alertmanager and sidecars out
  --only <service>   run one service (and NATS) only: ${SERVICE_NAMES.join(', ')}; implies --no-demo
  --watch            restart a service when its compiled files change
  --help             this text

Settings come from alertagent.yml and ALERTAGENT_* variables (docs/configuration.md). The most used:
  ALERTAGENT_DATA_DIR      where everything is kept (./.alertagent)
  ALERTAGENT_HTTP_PORT     public API (8080)
  ALERTAGENT_CONFIG_PORT   config service (8081)
  ALERTAGENT_DATABASE_URL  mysql://… instead of SQLite
  ALERTAGENT_REDIS_URL     shared cache
  ALERTAGENT_NATS_URL      an existing NATS server instead of a private one
`;

/** A wrong command line; the message says what is wrong. */
export class UsageError extends Error {}

/** Reads the command line; null when help was asked for. Throws `UsageError`. */
export function readArguments(args: readonly string[]): LaunchOptions | null {
  let options: LaunchOptions = { demo: true, services: SERVICE_NAMES, watch: false };
  for (let index = 0; index < args.length; index++) {
    const argument = args[index];
    if (argument === '--help' || argument === '-h') return null;
    if (argument === '--no-demo') options = { ...options, demo: false };
    else if (argument === '--watch') options = { ...options, watch: true };
    else if (argument === '--only') options = { ...options, demo: false, services: [serviceNamed(args[++index])] };
    else throw new UsageError(`unknown option ${argument}`);
  }
  return options;
}

function serviceNamed(name: string | undefined): ServiceName {
  const found = SERVICE_NAMES.find((service) => service === name);
  if (!found) throw new UsageError(`--only needs one of ${SERVICE_NAMES.join(', ')}`);
  return found;
}
