import { ServiceError } from '@alertagent/contracts';

/** Lists of clusters go on after the id of a cluster. Errors: `invalid` for anything else. */
export function assertCursor(cursor: string | null | undefined): void {
  if (!cursor || /^[0-9a-f-]{36}$/.test(cursor)) return;
  throw new ServiceError('invalid', '/cursor: not a cursor of this list', {
    errors: [{ pointer: '/cursor', code: 'bad_cursor', detail: 'expected the next_cursor of an earlier page' }],
  });
}
