import { createConnection, type Connection } from 'mysql2/promise';

/** The URL of a database on the server that `serverUrl` points to; user, password and parameters are kept. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.toString();
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

async function withConnection<T>(serverUrl: string, use: (connection: Connection) => Promise<T>): Promise<T> {
  const url = new URL(serverUrl);
  const connection = await createConnection({
    host: url.hostname,
    port: Number(url.port || 3306),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    connectTimeout: 5_000,
  });
  try {
    return await use(connection);
  } finally {
    await connection.end();
  }
}

/** Creates an empty database (utf8mb4, compared by byte) and returns its URL. Errors: it exists, or the user may not create it. */
export async function createDatabase(serverUrl: string, name: string): Promise<string> {
  await withConnection(serverUrl, (connection) =>
    connection.query(`CREATE DATABASE ${quoteName(name)} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`),
  );
  return databaseUrl(serverUrl, name);
}

/** Removes a database; silent when there is none of this name. */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  await withConnection(serverUrl, (connection) => connection.query(`DROP DATABASE IF EXISTS ${quoteName(name)}`));
}
