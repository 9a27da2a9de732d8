import { createHash } from 'node:crypto';

const MINUTE_MS = 60_000;

/**
 * What makes a repeated request the same request: workflows repeat calls whose answer they did not see. Content that is
 * equal within a minute has the first key in common with what was stored, or, across a full minute, the second.
 */
export function requestKeys(content: unknown, now: Date): [current: string, previous: string] {
  const minute = Math.floor(now.getTime() / MINUTE_MS);
  return [keyOf(content, minute), keyOf(content, minute - 1)];
}

/** From when on a stored request with an equal key counts as this one. */
export const repeatsSince = (now: Date): Date => new Date(now.getTime() - MINUTE_MS);

const keyOf = (content: unknown, minute: number): string =>
  createHash('sha256')
    .update(JSON.stringify([content, minute]))
    .digest('hex');
