import { ServiceError } from '@alertagent/contracts';
import { isReadOnly, isStorageFull, toDatabaseServiceError } from './database-errors';

const driverError = (code: string, message = code): Error => Object.assign(new Error(message), { code });
/** As TypeORM wraps it. */
const wrapped = (code: string, message?: string): Error =>
  Object.assign(new Error(message ?? code), { driverError: driverError(code, message) });

describe('what a caller sees of a database error', () => {
  it.each([
    driverError('ER_RECORD_FILE_FULL', "The table 'alert_inbox' is full"),
    wrapped('ER_RECORD_FILE_FULL'),
    driverError('ER_DISK_FULL'),
    driverError('ER_GET_ERRNO', 'Got error 28 "No space left on device" from storage engine InnoDB'),
    driverError('SQLITE_FULL', 'database or disk is full'),
  ])('is a storage that is full: %s', (error) => {
    expect(isStorageFull(error)).toBe(true);
    const seen = toDatabaseServiceError(error) as ServiceError;
    expect([seen.code, seen.errors[0]?.code]).toEqual(['unavailable', 'storage_full']);
    expect(seen.message).not.toContain('alert_inbox');
  });

  it.each([
    driverError('ER_OPTION_PREVENTS_STATEMENT', 'The server is running with the --read-only option'),
    driverError('ER_OPTION_PREVENTS_STATEMENT', 'The MySQL server is running with the --super-read-only option'),
    driverError('ER_READ_ONLY_MODE'),
    driverError('SQLITE_READONLY_DBMOVED'),
  ])('is a server that takes no changes: %s', (error) => {
    expect(isReadOnly(error)).toBe(true);
    const seen = toDatabaseServiceError(error) as ServiceError;
    expect([seen.code, seen.errors[0]?.code]).toEqual(['unavailable', 'read_only']);
  });

  it.each([
    driverError('ER_PARSE_ERROR', 'You have an error near errno: 280'),
    driverError('ER_OPTION_PREVENTS_STATEMENT', 'running with the --skip-grant-tables option'),
    new Error('read-only'),
  ])('stays what it is when it is neither: %s', (error) => {
    expect(toDatabaseServiceError(error)).toBe(error);
  });
});
