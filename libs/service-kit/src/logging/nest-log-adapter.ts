import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger';

/** Chatter of Nest's start-up, one line per module and handler. */
const CHATTY = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
  'NestMicroservice',
]);

/** Sends Nest's own log lines through our logger: same format, same redaction, same levels. */
export class NestLogAdapter implements LoggerService {
  private readonly target: Logger;

  constructor(logger: Logger) {
    this.target = logger.component('nest');
  }

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(CHATTY.has(context ?? '') ? 'debug' : 'info', message, { context });
  }

  /** Nest calls this as `(message, stack, context)` or `(error, context)`. */
  error(message: unknown, ...rest: unknown[]): void {
    const stack = rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    this.write('error', message, { context: contextOf(rest), stack });
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, { context: contextOf(rest) });
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, { context: contextOf(rest) });
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, { context: contextOf(rest) });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, { context: contextOf(rest) });
  }

  private write(
    level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
    message: unknown,
    fields: Record<string, unknown>,
  ): void {
    if (message instanceof Error) this.target[level]({ ...fields, error: message }, 'Nest reported an error');
    else if (typeof message === 'string') this.target[level](fields, message);
    else this.target[level]({ ...fields, details: message }, 'Nest reported an event');
  }
}

/** Nest passes the name of the reporting class as last argument. */
function contextOf(rest: readonly unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
