import { ServiceError } from '@alertagent/contracts';
import { SqliteGateTimeoutError } from './sqlite-gate';

/** The driver's own code: TypeORM wraps the error and copies code and errno; SQLite's codes start with `SQLITE_`. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if ('driverError' in error) return codeOf(error.driverError);
  return '';
}

const UNIQUE_CODES = new Set([
  'ER_DUP_ENTRY',
  'ER_DUP_ENTRY_WITH_KEY_NAME',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
]);

/** Whether a write failed because a unique or primary key already has that value. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE_CODES.has(codeOf(error));
}

/** Whether the database gave a transaction up for the sake of another: repeating the whole transaction is the cure. */
export function isTransactionConflict(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === 'ER_LOCK_DEADLOCK' ||
    code === 'ER_LOCK_WAIT_TIMEOUT' ||
    code === 'ER_CHECKREAD' ||
    /^SQLITE_(BUSY|LOCKED)/.test(code)
  );
}

// Raised on a connection that was there and is gone: killed by the server, the server restarting, the network.
const LOST_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_ABORTING_CONNECTION',
]);

/** Whether the connection broke under a query. The server rolled back whatever was not committed. */
export function isConnectionLost(error: unknown): boolean {
  return (
    LOST_CODES.has(codeOf(error)) || (error instanceof Error && /connection is in closed state/i.test(error.message))
  );
}

// Raised while a connection is being made.
const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'POOL_CLOSED',
]);

/** Whether no connection could be made at all: the server is down, starting, full or not there yet. */
export function isUnreachable(error: unknown): boolean {
  return UNREACHABLE_CODES.has(codeOf(error)) || (error instanceof Error && error.message === 'Pool is closed.');
}

const FULL_CODES = new Set(['ER_RECORD_FILE_FULL', 'ER_DISK_FULL', 'SQLITE_FULL']);

/** Whether a write failed because there is no room left for it: on the volume, or in a table's limit. */
export function isStorageFull(error: unknown): boolean {
  if (FULL_CODES.has(codeOf(error))) return true;
  // Other errors of MariaDB carry the system's reason in their text only.
  return error instanceof Error && /no space left on device|\bgot error 28\b|errno: 28\b/i.test(error.message);
}

const READ_ONLY_CODES = new Set(['ER_READ_ONLY_MODE', 'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION']);

/** Whether a write failed because the server takes none now, as one does that is being replaced by another. */
export function isReadOnly(error: unknown): boolean {
  const code = codeOf(error);
  if (READ_ONLY_CODES.has(code) || code.startsWith('SQLITE_READONLY')) return true;
  return code === 'ER_OPTION_PREVENTS_STATEMENT' && error instanceof Error && /read[-_ ]only/i.test(error.message);
}

/** `unavailable` with a reason that a program can read, for troubles that somebody has to put right. */
function unavailable(code: 'storage_full' | 'read_only', detail: string, cause: unknown): ServiceError {
  return new ServiceError('unavailable', detail, { cause, errors: [{ pointer: '', code, detail }] });
}

/**
 * What a caller may see of a database error: `unavailable` when trying later may help. Anything else is returned as it is,
 * to become `internal` at the edge with the details in the log only.
 */
export function toDatabaseServiceError(error: unknown): unknown {
  if (error instanceof ServiceError) return error;
  if (isTransactionConflict(error) || error instanceof SqliteGateTimeoutError) {
    return new ServiceError('unavailable', 'the database is too busy; try again later', { cause: error });
  }
  if (isConnectionLost(error) || isUnreachable(error)) {
    return new ServiceError('unavailable', 'the database cannot be reached; try again later', { cause: error });
  }
  if (isStorageFull(error)) {
    const detail = 'storage_full: the database has no space left; everything goes on by itself once there is some';
    return unavailable('storage_full', detail, error);
  }
  if (isReadOnly(error)) {
    const detail = 'read_only: the database takes no changes at the moment; try again later';
    return unavailable('read_only', detail, error);
  }
  return error;
}
