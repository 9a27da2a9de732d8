import { ServiceError } from '@alertagent/contracts';

/** A parsed database URL. */
export type DatabaseAddress = SqliteAddress | MysqlAddress;

export interface SqliteAddress {
  kind: 'sqlite';
  /** File path, or `:memory:`. */
  path: string;
}

export interface MysqlAddress {
  kind: 'mysql';
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  /** Unix socket to use instead of host and port, from `?socket=`. */
  socketPath?: string;
  /** Whether TLS with a verified certificate is required, from `?tls=true`. */
  tls: boolean;
}

const invalid = (detail: string): ServiceError => new ServiceError('invalid', `database url: ${detail}`);

/**
 * Reads `sqlite:<path>`, `mysql://user:password@host:port/database[?tls=true][&socket=/path]` or the same with `mariadb:`.
 * Errors: ServiceError `invalid`; it never contains the password.
 */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  if (url.startsWith('sqlite:')) {
    const path = url.slice('sqlite:'.length);
    if (path === '') throw invalid('sqlite: needs a file path');
    return { kind: 'sqlite', path };
  }
  if (!URL.canParse(url)) throw invalid('not a url');
  const parsed = new URL(url);
  if (parsed.protocol !== 'mysql:' && parsed.protocol !== 'mariadb:')
    throw invalid('must start with sqlite:, mysql:// or mariadb://');
  const database = decodeURIComponent(parsed.pathname.slice(1));
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(database)) throw invalid('needs a database name of letters, digits, _ and -');
  for (const name of parsed.searchParams.keys()) {
    if (name !== 'tls' && name !== 'socket') throw invalid('only the parameters "tls" and "socket" are known');
  }
  return {
    kind: 'mysql',
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database,
    socketPath: parsed.searchParams.get('socket') ?? undefined,
    tls: parsed.searchParams.get('tls') === 'true',
  };
}

/** The address for a log line: no user, no password. */
export function describeAddress(address: DatabaseAddress): string {
  if (address.kind === 'sqlite') return `sqlite:${address.path}`;
  return `${address.socketPath ?? `${address.host}:${address.port}`}/${address.database}`;
}
