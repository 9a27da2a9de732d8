import { ZERO_TIME } from './instant';

/**
 * Marks an alert in wire form whose start was made up from the time of receipt, because its source names none. A symbol: no body can
 * carry it.
 */
export const START_ASSUMED = Symbol('start-assumed');

/** Whether a time on the wire stands for no time at all. */
export function isUnset(time: unknown): boolean {
  return time === undefined || time === null || time === ZERO_TIME;
}
