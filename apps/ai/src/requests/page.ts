import { ServiceError } from '@alertagent/contracts';

const DEFAULT_LIMIT = 50;

/** Which page of a list, newest first, was asked for. Ids grow with time, so the last id of a page is its cursor. */
export interface PagePosition {
  /** Only rows older than the one with this id. */
  before: string | null;
  limit: number;
}

/** Errors: `invalid` when the cursor is none of ours. */
export function pagePosition({ cursor, limit }: { cursor?: string | null; limit?: number | null }): PagePosition {
  if (cursor && !/^[0-9a-f-]{36}$/.test(cursor)) {
    throw new ServiceError('invalid', '/cursor: not a cursor of this list', {
      errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
    });
  }
  return { before: cursor ?? null, limit: limit ?? DEFAULT_LIMIT };
}

/** `found` holds up to one row more than the page, to know whether another follows. */
export function pageOf<R extends { id: string }, V>(
  found: R[],
  limit: number,
  view: (row: R) => V,
): { items: V[]; next_cursor: string | null } {
  const rows = found.slice(0, limit);
  return { items: rows.map(view), next_cursor: found.length > limit ? (rows.at(-1)?.id ?? null) : null };
}
