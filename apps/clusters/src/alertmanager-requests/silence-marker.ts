import { createHash } from 'node:crypto';

const MARKER = /^([\s\S]*) \[alertagent:([0-9a-f]{32})\]$/;

/** Whatever looks like a marker, which people must not write themselves. */
export const ANY_MARKER = /\[alertagent:[0-9a-f]{32}\]/;

/**
 * The marker of what was asked for: the same for each repetition. It is kept in the comment, the only place of a silence that Alertmanager leaves to others, so that a silence
 * whose writing was not answered can be found.
 */
export const markerOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);

export const marked = (comment: string, marker: string): string => `${comment} [alertagent:${marker}]`;

/** Comment and marker apart; the marker is null in silences of others. */
export function unmarked(comment: string): { comment: string; marker: string | null } {
  const match = MARKER.exec(comment);
  return match ? { comment: match[1]!, marker: match[2]! } : { comment, marker: null };
}
