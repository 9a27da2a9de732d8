import { Matches, ValidateBy } from 'class-validator';
import { Setting } from './setting';

/** From loudest to quietest. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LOGGER_NAME = /^alertagent(\.[a-z0-9_-]+)*$/;

function AreLoggerLevels(): PropertyDecorator {
  return ValidateBy({
    name: 'areLoggerLevels',
    validator: {
      validate: (value) =>
        value !== null &&
        typeof value === 'object' &&
        Object.entries(value).every(
          ([name, level]) => LOGGER_NAME.test(name) && LOG_LEVELS.some((known) => known === level),
        ),
      defaultMessage: () => `must map names such as alertagent.gateway to one of ${LOG_LEVELS.join(', ')}`,
    },
  });
}

/** What is logged, and how much. Files are rotated by whoever keeps them: journald, Docker or logrotate. */
export class LoggingSettings {
  @Setting({ type: 'text', env: 'ALERTAGENT_LOG_LEVEL', oneOf: LOG_LEVELS, doc: 'Least severe level that is written.' })
  level: LogLevel = 'info';

  @Setting({ type: 'text', oneOf: ['json'], doc: 'One JSON object per line.' })
  format = 'json' as const;

  @Setting({ type: 'text', oneOf: ['stdout', 'stderr'], doc: 'Where log lines go.' })
  output: 'stdout' | 'stderr' = 'stdout';

  @Setting({ type: 'map', doc: 'Fields added to every line, e.g. `environment: production`.' })
  fields: Record<string, string> = {};

  @Setting({
    type: 'map',
    doc: 'Levels of components, e.g. `alertagent.gateway: debug`. A component without one inherits it: alertagent.gateway.pipeline from alertagent.gateway.',
  })
  @AreLoggerLevels()
  loggers: Record<string, LogLevel> = {};
}

/** What Prometheus scrapes from each service's operations port. */
export class MetricsSettings {
  @Setting({ type: 'boolean', doc: 'Whether metrics are served.' })
  enabled: boolean = true;

  @Setting({ type: 'text', doc: 'Path they are served at.' })
  @Matches(/^\/[A-Za-z0-9/_-]+$/, { message: 'must be a path such as /metrics' })
  endpoint: string = '/metrics';

  @Setting({ type: 'text', doc: 'First part of the names of all metrics.' })
  @Matches(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { message: 'must be letters, digits and _ , and not begin with a digit' })
  namespace: string = 'alertagent';
}
