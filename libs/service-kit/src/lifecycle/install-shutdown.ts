import type { Logger } from '../logging/logger';
import type { Readiness } from '../ops/readiness';

/** The parts of `process` that a shutdown needs; replaced in tests. */
export interface ProcessEvents {
  on(event: string, listener: (argument: unknown) => void): unknown;
  off(event: string, listener: (argument: unknown) => void): unknown;
  exit(code: number): unknown;
}

export interface ShutdownOptions {
  /** What is closed: servers first, then consumers, then pools. Nest applications know their order. */
  app: { close(): Promise<unknown> };
  readiness: Readiness;
  log: Logger;
  /** Time from the first signal to the end of the process, in ms; when it is over the process exits with 1. */
  timeoutMs?: number;
  /** How long to keep serving while not ready any more, in ms, so that load balancers notice. See {@link drainMsOf}. */
  drainMs?: number;
  process?: ProcessEvents;
}

export interface Shutdown {
  /** Stops as if a signal had come, e.g. when the parent process is gone. */
  stop(reason: string): Promise<void>;
  /** Takes the handlers and the time limit off again; for tests. */
  uninstall(): void;
}

/** How long a process stays up after it stopped being ready: behind a load balancer 5 s, on one machine not at all. */
export function drainMsOf(mode: 'embedded' | 'production'): number {
  return mode === 'production' ? 5_000 : 0;
}

/**
 * Ends the process in an orderly way on SIGTERM and SIGINT: not ready, drain, close, exit 0. A second signal ends it at once.
 * An error that nobody caught ends it too, with 1: its state is unknown, and a supervisor starts a fresh one.
 */
export function installShutdown({
  app,
  readiness,
  log,
  timeoutMs = 10_000,
  drainMs = 0,
  process: target = process,
}: ShutdownOptions): Shutdown {
  let stopping = false;
  let limit: NodeJS.Timeout | undefined;

  const stop = async (reason: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    readiness.stopping();
    log.info({ reason, drain_ms: drainMs }, 'Shutting down');
    limit = setTimeout(() => {
      log.fatal({ timeout_ms: timeoutMs }, 'Shutting down took too long');
      target.exit(1);
    }, timeoutMs);
    try {
      await wait(drainMs);
      await app.close();
      log.info('Shut down');
      target.exit(0);
    } catch (error) {
      log.fatal({ error }, 'Shutting down failed');
      target.exit(1);
    } finally {
      clearTimeout(limit);
    }
  };

  const onSignal = (signal: unknown): void => {
    if (stopping) {
      log.warn({ signal }, 'Second signal; exiting at once');
      target.exit(1);
      return;
    }
    void stop(String(signal));
  };
  const onCrash = (message: string) => (error: unknown) => {
    log.fatal({ error }, message);
    target.exit(1);
  };

  const handlers: readonly (readonly [string, (argument: unknown) => void])[] = [
    ['SIGTERM', onSignal],
    ['SIGINT', onSignal],
    ['uncaughtException', onCrash('An exception was not caught')],
    ['unhandledRejection', onCrash('A rejected promise was not handled')],
  ];
  for (const [event, handler] of handlers) target.on(event, handler);
  return {
    stop,
    uninstall: () => {
      clearTimeout(limit);
      for (const [event, handler] of handlers) target.off(event, handler);
    },
  };
}

function wait(ms: number): Promise<void> {
  return ms > 0 ? new Promise((resolve) => setTimeout(resolve, ms)) : Promise.resolve();
}
