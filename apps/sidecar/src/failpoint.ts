/** The steps of one configuration change at which a crash test can kill the process. */
export const FAILPOINT_STEPS = ['open', 'write', 'fsync', 'rename', 'dirsync', 'reload'] as const;

/** One of the steps above. */
export type FailpointStep = (typeof FAILPOINT_STEPS)[number];

/** Called right after (for `reload`: right before) the named step. */
export type Failpoint = (step: FailpointStep) => void;

/**
 * Crash tests set `ALERTAGENT_FAILPOINT=<step>:kill`; the process then ends with SIGKILL at that step, as a power
 * cut of the process would. Without the variable the returned function does nothing.
 */
export function failpointFrom(value: string | undefined): Failpoint {
  const armed = FAILPOINT_STEPS.find((step) => value === `${step}:kill`);
  return (step) => {
    if (step === armed) process.kill(process.pid, 'SIGKILL');
  };
}
