import libsql from 'libsql';
import { createPool } from 'mysql2/promise';

/** A database read from outside, not through the product. */
export interface OutsideDatabase {
  readonly kind: 'mariadb' | 'sqlite';
  /** Runs a statement with `?` parameters and returns its rows. */
  query<T extends object>(sql: string, parameters?: readonly (string | number | null)[]): Promise<T[]>;
  close(): Promise<void>;
}

/** Opens `mysql://…` or `sqlite:<file>`. A MySQL connection is made with the first statement. */
export function openOutsideDatabase(url: string): OutsideDatabase {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openMysql(url);
}

function openMysql(url: string): OutsideDatabase {
  const pool = createPool({ uri: url, connectionLimit: 2, connectTimeout: 5_000, enableKeepAlive: true });
  return {
    kind: 'mariadb',
    async query<T extends object>(sql: string, parameters: readonly (string | number | null)[] = []): Promise<T[]> {
      const [rows] = await pool.query(sql, [...parameters]);
      return Array.isArray(rows) ? (rows as T[]) : [];
    },
    close: () => pool.end(),
  };
}

function openSqlite(file: string): OutsideDatabase {
  const database = new libsql(file, { timeout: 5_000 });
  return {
    kind: 'sqlite',
    async query<T extends object>(sql: string, parameters: readonly (string | number | null)[] = []): Promise<T[]> {
      const statement = database.prepare(sql);
      if (/^\s*(select|with|pragma)/i.test(sql)) return statement.all(...parameters) as T[];
      statement.run(...parameters);
      return [];
    },
    async close(): Promise<void> {
      database.close();
    },
  };
}
