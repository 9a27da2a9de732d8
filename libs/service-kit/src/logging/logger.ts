import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger as PinoLogger } from 'pino';
import type { LoggingSettings, LogLevel } from '../configuration/observability.settings';
import { currentContext } from '../context/request-context';
import { parseTraceparent } from '../context/traceparent';
import { boundedText, redact, redactFields, scrubText } from './redaction';

/**
 * A structured logger. Messages are constant sentences, what varies goes into fields:
 * `log.info({ cluster_id }, 'Cluster registered')`.
 */
export interface Logger extends Pick<
  PinoLogger,
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'isLevelEnabled'
> {
  /** The logger of a part of this service; its level is set by `logging.loggers."alertagent.<service>.<name>"`. */
  component(name: string): Logger;
  /** A logger that adds `fields` to each line. */
  with(fields: Record<string, unknown>): Logger;
}

export interface LoggerOptions {
  /** Name of the service; the first part of all component names. */
  service: string;
  config: LoggingSettings;
  /** Where lines go instead of `config.output`; for tests. */
  destination?: DestinationStream;
}

/** The root logger of a process. All redaction happens here, once, whoever logs. */
export function createLogger({ service, config, destination: target }: LoggerOptions): Logger {
  const root = pino(
    {
      level: levelOf(config, service),
      base: { ...config.fields, service },
      timestamp: stdTimeFunctions.isoTime,
      messageKey: 'message',
      errorKey: 'error',
      mixin: contextFields,
      // The formatter below has already made a plain object of an error; pino's own would add to it.
      serializers: { error: (value: unknown) => value, err: (value: unknown) => value },
      formatters: {
        level: (level) => ({ level }),
        log: redactFields,
      },
      hooks: {
        logMethod(args, method) {
          method.apply(this, boundedArguments(args) as typeof args);
        },
        // The last guard: a secret inside a message or a key has no name to be recognised by.
        streamWrite: scrubText,
      },
    },
    target ?? destination({ fd: config.output === 'stderr' ? 2 : 1, sync: true }),
  );
  return new ServiceLogger(root, config, service) as Logger;
}

/** The level of a component: its own, else that of the nearest part of its name, else the general one. */
export function levelOf(config: LoggingSettings, component: string): LogLevel {
  const parts = `alertagent.${component}`.split('.');
  for (let length = parts.length; length > 0; length--) {
    const name = parts.slice(0, length).join('.');
    const level = config.loggers[name] ?? config.loggers[SINGULAR.get(name) ?? ''];
    if (level) return level;
  }
  return config.level;
}

/** The original design names these two loggers in the singular, the services are named in the plural. */
const SINGULAR = new Map([
  ['alertagent.rules', 'alertagent.rule'],
  ['alertagent.clusters', 'alertagent.cluster'],
]);

class ServiceLogger {
  readonly trace: PinoLogger['trace'];
  readonly debug: PinoLogger['debug'];
  readonly info: PinoLogger['info'];
  readonly warn: PinoLogger['warn'];
  readonly error: PinoLogger['error'];
  readonly fatal: PinoLogger['fatal'];
  readonly isLevelEnabled: PinoLogger['isLevelEnabled'];

  constructor(
    private readonly pino: PinoLogger,
    private readonly config: LoggingSettings,
    private readonly name: string,
  ) {
    this.trace = pino.trace.bind(pino);
    this.debug = pino.debug.bind(pino);
    this.info = pino.info.bind(pino);
    this.warn = pino.warn.bind(pino);
    this.error = pino.error.bind(pino);
    this.fatal = pino.fatal.bind(pino);
    this.isLevelEnabled = pino.isLevelEnabled.bind(pino);
  }

  component(name: string): ServiceLogger {
    const full = `${this.name}.${name}`;
    const child = this.pino.child({ component: name }, { level: levelOf(this.config, full) });
    return new ServiceLogger(child, this.config, full);
  }

  with(fields: Record<string, unknown>): ServiceLogger {
    return new ServiceLogger(this.pino.child(redactFields(fields)), this.config, this.name);
  }
}

function contextFields(): Record<string, string> {
  const context = currentContext();
  if (!context) return {};
  const trace = parseTraceparent(context.traceparent);
  return {
    correlation_id: context.correlationId,
    ...(trace ? { trace_id: trace.traceId, span_id: trace.spanId } : {}),
  };
}

/** pino takes the message of an error for the line's message, unbounded, unless it is given one. */
function boundedArguments(args: readonly unknown[]): unknown[] {
  const first = typeof args[0] === 'string' ? boundedText(args[0]) : args[0];
  const rest = args.slice(1).map(redact);
  if (first instanceof Error)
    return [{ error: redact(first) }, ...(rest.length > 0 ? rest : [boundedText(first.message)])];
  if (rest.length === 0 && typeof first === 'object' && first !== null) return [redact(first)];
  return [first, ...rest];
}
