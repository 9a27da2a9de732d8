/** Moments of an execution at which a crash test can end the process. */
export type ExecutionMoment = 'before_effect' | 'after_effect';

/**
 * Ends the process as `kill -9` would when `ALERTAGENT_FAILPOINT` is `<moment>:kill`. For crash tests: the moment between an effect
 * and its record is too short to be hit from outside.
 */
export function reachFailpoint(moment: ExecutionMoment): void {
  if (process.env['ALERTAGENT_FAILPOINT'] !== `${moment}:kill`) return;
  process.kill(process.pid, 'SIGKILL');
  // The signal is delivered asynchronously; nothing may happen after the moment itself.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_000);
}
