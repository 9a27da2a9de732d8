import { existsSync } from 'node:fs';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { tcpProbe } from '../src/processes/tcp-probe';
import { startMariadb, type MariadbServer } from '../src/servers/start-mariadb';
import { startRedis } from '../src/servers/start-redis';
import { sharedStack, testMariadb } from '../src/testing-stack';

async function query(url: string, ...statements: string[]): Promise<RowDataPacket[]> {
  const connection = await createConnection(url);
  try {
    let rows: RowDataPacket[] = [];
    for (const statement of statements) [rows] = await connection.query<RowDataPacket[]>(statement);
    return rows;
  } finally {
    await connection.end();
  }
}

describe('startMariadb', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  }, 120_000);
  afterAll(() => server.stop());

  it('runs with the settings that a durable and exact store needs', async () => {
    const url = await server.createDatabase("odd `name` & 'quotes'");
    const [row] = await query(
      url,
      `SELECT @@collation_database AS collation, @@innodb_flush_log_at_trx_commit AS flush, @@tx_isolation AS isolation,
        @@max_allowed_packet AS packet, @@innodb_lock_wait_timeout AS lock_wait, @@log_bin AS log_bin, @@time_zone AS zone, @@bind_address AS address`,
    );
    expect(row).toEqual({
      collation: 'utf8mb4_bin',
      flush: 1,
      isolation: 'READ-COMMITTED',
      packet: 64 * 1_048_576,
      lock_wait: 5,
      log_bin: 0,
      zone: '+00:00',
      address: '127.0.0.1',
    });
  });

  it('keeps what was committed over kill -9 and restart', async () => {
    const url = await server.createDatabase('kept');
    await query(url, 'CREATE TABLE t (a INT)', 'INSERT INTO t VALUES (42)');
    server.kill('SIGKILL');
    await server.exited;
    await server.restart();
    expect(await query(url, 'SELECT a FROM t')).toEqual([{ a: 42 }]);
  });

  it('hands out throw-away databases of a server that ALERTAGENT_TEST_MYSQL_URL names, and drops them', async () => {
    const outside = await testMariadb({ ALERTAGENT_TEST_MYSQL_URL: server.url('') });
    const [first, second] = [await outside.createDatabase('a-b'), await outside.createDatabase('a-b')];
    expect(first).not.toBe(second);
    expect(await query(first, 'SELECT DATABASE() AS name')).toEqual([
      { name: expect.stringMatching(/^a_b_[0-9a-f]{12}$/) as string },
    ]);
    await outside.close();
    expect(await query(server.url(''), "SHOW DATABASES LIKE 'a\\_b%'")).toEqual([]);
  });

  it('removes its socket when it is stopped', async () => {
    const other = await startMariadb();
    expect(existsSync(other.socket)).toBe(true);
    await other.stop();
    expect(existsSync(other.socket)).toBe(false);
  });
});

describe('startRedis', () => {
  it('answers commands', async () => {
    const server = await startRedis();
    expect(await tcpProbe(server.port, (answer) => answer.includes('\r\n'), 'PING\r\n')).toBe('+PONG\r\n');
    await server.stop();
  });
});

describe('sharedStack', () => {
  const stack = sharedStack();
  afterAll(() => stack.close());

  it('offers fresh databases of both kinds', async () => {
    const [sqlite, mariadb] = stack.testDatabaseUrls();
    expect(await sqlite?.url('alerts')).toMatch(/^sqlite:\/.*\/alerts\.sqlite$/);
    const url = (await mariadb?.url('alerts')) ?? '';
    expect(await query(url, 'SHOW TABLES')).toEqual([]);
  });
});
