import { setTimeout as delay } from 'node:timers/promises';
import { DifyError, DifyOutage } from './dify-error';
import { recordOf } from './dify-events';
import { quoted } from './model-error';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A run is written down a moment after its first event is sent; what is not found so often in a row is not there. */
const MISSED_LOOKS = 3;
/** What goes on, or is about to. */
const GOING: ReadonlySet<unknown> = new Set(['running', 'scheduled']);

/** What is known of a run: a record, or that there is none. */
export type Look = Record<string, unknown> | 'missing';

/** Waits for some milliseconds, or throws when the signal is aborted. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

const pauseFor: Pause = (ms, signal) => delay(ms, undefined, { signal });

/**
 * The end of a run whose stream broke off, which Dify tells of as long as it has the run: the question is paid already. Looks until there is one;
 * in between it waits longer and longer, and at least as long as Dify wants.
 *
 * Errors: DifyError when the run can not be looked at; whatever an abort of `signal` leads to.
 */
export async function endOfCutRun(
  look: () => Promise<Look>,
  signal: AbortSignal,
  pause: Pause = pauseFor,
): Promise<Record<string, unknown>> {
  let missed = 0;
  for (let looks = 0; ; looks += 1) {
    const seen = await look().catch((error: unknown) => {
      // Whatever is wrong with Dify may pass, and the run goes on meanwhile.
      if (error instanceof DifyOutage) return error;
      throw error;
    });
    signal.throwIfAborted();
    missed = seen === 'missing' ? missed + 1 : 0;
    if (missed === MISSED_LOOKS) throw new DifyError("Dify's answer broke off, and it does not know the run");
    if (seen !== 'missing' && !(seen instanceof DifyOutage) && !GOING.has(seen['status'])) return seen;
    const wanted = seen instanceof DifyOutage ? seen.retryAfterMs : 0;
    await pause(Math.max(wanted, Math.min(FIRST_PAUSE_MS * 2 ** looks, LONGEST_PAUSE_MS)), signal);
  }
}

/** The reply of `GET /v1/workflows/run/{id}`. Errors: DifyError for anything else. */
export function lookIn(body: string): Look {
  let run: Record<string, unknown> | undefined;
  try {
    run = recordOf(JSON.parse(body));
  } catch {
    run = undefined;
  }
  if (!run || !('status' in run)) throw new DifyError('Dify tells of the run in an unknown way');
  // Older versions answer a run that is not there with one of nulls.
  if (run['status'] === null) return 'missing';
  return { ...run, outputs: parsed(run['outputs']) };
}

/** Outputs are an object; versions that have them as JSON text are out there. */
function parsed(outputs: unknown): unknown {
  if (typeof outputs !== 'string') return outputs;
  try {
    return JSON.parse(outputs);
  } catch {
    throw new DifyError(`Dify tells of outputs in an unknown way: ${quoted(outputs)}`);
  }
}
