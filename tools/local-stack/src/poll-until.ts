import { inspect } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';

/** What `pollUntil` waits for, and how long. */
export interface PollOptions {
  /** What is awaited, in words: it is the error message when it does not come. */
  what: string;
  /** Milliseconds until giving up; 40,000 unless told: what comes at all comes, however busy the machine is. */
  timeoutMs?: number;
  /** Milliseconds between two looks; 25 unless told. */
  intervalMs?: number;
}

/**
 * Calls `look` until it returns something truthy, and returns that. A throwing look counts as "not yet".
 * Errors: at the deadline, naming what was awaited and the last value or error seen.
 */
export async function pollUntil<T>(look: () => T | Promise<T>, options: PollOptions): Promise<NonNullable<T>> {
  const timeoutMs = options.timeoutMs ?? 40_000;
  const deadline = performance.now() + timeoutMs;
  let last: string;
  let cause: unknown;
  for (;;) {
    try {
      const value = await look();
      if (value) return value;
      last = `last value: ${inspect(value, { depth: 4 }).slice(0, 500)}`;
      cause = undefined;
    } catch (error) {
      last = `last error: ${String(error).slice(0, 1_000)}`;
      cause = error;
    }
    if (performance.now() >= deadline) {
      throw new Error(`Waited ${timeoutMs} ms in vain for: ${options.what} (${last})`, { cause });
    }
    await delay(options.intervalMs ?? 25);
  }
}
