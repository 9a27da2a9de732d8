import { ServiceError } from '@alertagent/contracts';

/** A cursor over several services' lists: where each one stands. */
export const encodePositions = (positions: Record<string, string>): string =>
  Buffer.from(JSON.stringify(positions)).toString('base64url');

/** Reads a cursor made by `encodePositions`; anything else is the caller's mistake. */
export function decodePositions(cursor: string | null | undefined): Record<string, string> {
  if (!cursor) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const entries = Object.entries(value as object);
    if (Array.isArray(value) || !entries.every(([, position]) => typeof position === 'string'))
      throw new Error('not positions');
    return Object.fromEntries(entries) as Record<string, string>;
  } catch (cause) {
    const detail = 'expected the next_cursor of the page before';
    throw new ServiceError('invalid', detail, { cause, errors: [{ pointer: '/cursor', code: 'bad_cursor', detail }] });
  }
}
