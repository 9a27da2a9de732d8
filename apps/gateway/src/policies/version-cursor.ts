import { ServiceError } from '@alertagent/contracts';

/** The version to continue below, or null for the first page. Errors: ServiceError `invalid` for anything that was not a `next_cursor`. */
export function readVersionCursor(cursor: string | null | undefined): number | null {
  if (cursor === null || cursor === undefined) return null;
  const match = /^v(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match) return Number(match[1]);
  const detail = 'expected the next_cursor of the page before';
  throw new ServiceError('invalid', detail, { errors: [{ pointer: '/cursor', code: 'bad_cursor', detail }] });
}

/** The cursor of the page below a version. */
export const versionCursor = (version: number): string => Buffer.from(`v${version}`, 'latin1').toString('base64url');
