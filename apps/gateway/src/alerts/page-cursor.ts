import { ServiceError } from '@alertagent/contracts';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const DEFAULT_LIMIT = 50;

/** What a list query asks for. */
export interface PageRequest {
  cursor?: string | null;
  limit?: number | null;
}

/** The id to continue below, or null for the first page. Errors: ServiceError `invalid` for anything that was not a `next_cursor`. */
export function readCursor(cursor: string | null | undefined): string | null {
  if (cursor === null || cursor === undefined) return null;
  const id = Buffer.from(cursor, 'base64url').toString('latin1');
  if (ID.test(id)) return id;
  const detail = 'expected the next_cursor of the page before';
  throw new ServiceError('invalid', detail, { errors: [{ pointer: '/cursor', code: 'bad_cursor', detail }] });
}

/** How many items a page holds. */
export const pageSize = ({ limit }: PageRequest): number => limit ?? DEFAULT_LIMIT;

/**
 * Makes a page of rows that were read with one more than fits. `lookedTo` is the last id that was looked at when the search did not go to
 * the end: a page that is not full goes on there.
 */
export function toPage<Row extends { id: string }, Item>(
  rows: readonly Row[],
  size: number,
  view: (row: Row) => Item,
  lookedTo: string | null = null,
) {
  const shown = rows.slice(0, size);
  const next = rows.length > size ? shown.at(-1)!.id : lookedTo;
  return {
    items: shown.map(view),
    next_cursor: next === null ? null : Buffer.from(next, 'latin1').toString('base64url'),
  };
}
