const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Milliseconds until what has failed so many times is tried again. */
export const retryPause = (failures: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));

/** Milliseconds that one of several instances has for one request before another one may repeat it. */
export const TURN_MS = 60_000;
