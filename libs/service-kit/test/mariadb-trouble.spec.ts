import { DataSource, type EntityManager } from 'typeorm';
import { createConnection } from 'mysql2/promise';
import { freePort, makeTempDir, pollUntil, removeDir, startMariadb, type MariadbServer } from '@alertagent/local-stack';
import { checkDatabaseSettings, UnsafeDatabaseError } from '../src/database/check-database-settings';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase } from '../src/database/open-database';
import { pingDatabase } from '../src/database/ping-database';
import { silentLog } from '../src/database/service-database';
import { note, noteEntity, notesService } from './notes';

describe('MariaDB in trouble', () => {
  let server: MariadbServer;
  let dataSource: DataSource;
  let names = 0;

  beforeAll(async () => {
    server = await startMariadb();
  }, 120_000);
  afterAll(() => server.stop());
  beforeEach(async () => {
    names += 1;
    dataSource = await openDatabase({ ...notesService, url: server.url(`trouble_${names}`), runMigrations: true });
  });
  afterEach(() => dataSource.destroy());

  async function asRoot(sql: string): Promise<unknown> {
    const connection = await createConnection({ host: '127.0.0.1', port: server.port, user: 'root' });
    try {
      const [rows] = await connection.query(sql);
      return rows;
    } finally {
      await connection.end();
    }
  }

  it('creates the database with a character set and collation that lose nothing', async () => {
    await asRoot('DROP DATABASE IF EXISTS fresh');
    const fresh = await openDatabase({ ...notesService, url: server.url('fresh'), runMigrations: true });
    const rows: unknown = await fresh.query(
      'SELECT @@character_set_database AS charset, @@collation_database AS collation',
    );
    await fresh.destroy();
    expect(rows).toEqual([{ charset: 'utf8mb4', collation: 'utf8mb4_bin' }]);
  });

  it("puts an empty database's collation right, but never that of one with tables", async () => {
    await asRoot('CREATE DATABASE careless CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci');
    const adopted = await openDatabase({ ...notesService, url: server.url('careless'), runMigrations: true });
    expect(await adopted.query('SELECT @@collation_database AS collation')).toEqual([{ collation: 'utf8mb4_bin' }]);
    await adopted.destroy();

    await asRoot('CREATE DATABASE used CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci');
    await asRoot('CREATE TABLE used.theirs (name VARCHAR(10))');
    await expect(openDatabase({ ...notesService, url: server.url('used'), runMigrations: true })).rejects.toThrow(
      UnsafeDatabaseError,
    );
  });

  it('lets several replicas migrate at once', async () => {
    const url = server.url(`replicas_${names}`);
    const replicas = await Promise.all(
      Array.from({ length: 3 }, () => openDatabase({ ...notesService, url, runMigrations: true })),
    );
    const done: unknown = await replicas[0]?.query('SELECT name FROM migrations_rules');
    for (const replica of replicas) await replica.destroy();
    expect(done).toHaveLength(2);
  });

  it('gives every connection the promised session settings', async () => {
    const read = 'SELECT @@time_zone AS zone, @@innodb_lock_wait_timeout AS wait, @@tx_isolation AS isolation';
    await asRoot(
      "SET GLOBAL time_zone = '+05:00', GLOBAL innodb_lock_wait_timeout = 50, GLOBAL tx_isolation = 'REPEATABLE-READ'",
    );
    const runners = Array.from({ length: 10 }, () => dataSource.createQueryRunner());
    const seen = await Promise.all(runners.map((runner) => runner.query(read)));
    for (const runner of runners) await runner.release();
    await asRoot(
      "SET GLOBAL time_zone = '+00:00', GLOBAL innodb_lock_wait_timeout = 5, GLOBAL tx_isolation = 'READ-COMMITTED'",
    );
    const rows = new Set(seen.map((row) => JSON.stringify(row)));
    expect([...rows]).toHaveLength(1);
    expect(seen[0]).toEqual([{ zone: '+00:00', wait: expect.anything(), isolation: 'READ-COMMITTED' }]);
    expect(Number((seen[0] as { wait: unknown }[])[0]?.wait)).toBe(5);
  });

  it('refuses unsafe settings with all reasons and the statements that fix them', async () => {
    await asRoot('SET GLOBAL innodb_flush_log_at_trx_commit = 2, GLOBAL max_allowed_packet = 1048576');
    await asRoot(`ALTER DATABASE trouble_${names} CHARACTER SET latin1 COLLATE latin1_swedish_ci`);
    const refused = openDatabase({ ...notesService, url: server.url(`trouble_${names}`), runMigrations: true });
    const error: unknown = await refused.catch((thrown: unknown) => thrown);
    await asRoot('SET GLOBAL innodb_flush_log_at_trx_commit = 1, GLOBAL max_allowed_packet = 67108864');
    expect(error).toBeInstanceOf(UnsafeDatabaseError);
    expect((error as UnsafeDatabaseError).problems.map(({ setting }) => setting).sort()).toEqual([
      'database character set',
      'database collation',
      'innodb_flush_log_at_trx_commit',
      'max_allowed_packet',
    ]);
    for (const { fix } of (error as UnsafeDatabaseError).problems) await asRoot(fix);
    await expect(checkDatabaseSettings(dataSource)).resolves.toEqual([]);
  });

  it('warns of a packet limit that is enough for most', async () => {
    await asRoot('SET GLOBAL max_allowed_packet = 16777216');
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (fields: object) => warnings.push(JSON.stringify(fields)) };
    const other = await openDatabase({
      ...notesService,
      url: server.url(`trouble_${names}`),
      runMigrations: false,
      log,
    });
    await other.destroy();
    await asRoot('SET GLOBAL max_allowed_packet = 67108864');
    expect(warnings).toEqual([expect.stringContaining('max_allowed_packet')]);
  });

  it('repeats transactions that the database gave up as deadlocked, without an error for anybody', async () => {
    await dataSource.manager.insert(noteEntity, [note('a', { size: 0 }), note('b', { size: 0 })]);
    let retries = 0;
    const increment = (tx: EntityManager, id: string): Promise<unknown> => tx.increment(noteEntity, { id }, 'size', 1);
    // Both hold their first row before either asks for its second: one must be given up.
    const bothHold = rendezvous(2);
    const opposite = (first: string, second: string): Promise<void> =>
      inTransaction(
        dataSource,
        async (tx) => {
          await increment(tx, first);
          await bothHold();
          await increment(tx, second);
        },
        { onRetry: () => (retries += 1) },
      );
    await Promise.all([opposite('a', 'b'), opposite('b', 'a')]);
    const rows = await dataSource.manager.find(noteEntity, { order: { id: 'ASC' } });
    expect(rows.map(({ size }) => size)).toEqual([2, 2]);
    expect(retries).toBeGreaterThan(0);
  });

  it('goes on after the server killed the connection of an open transaction', async () => {
    let attempts = 0;
    await inTransaction(dataSource, async (tx) => {
      attempts += 1;
      await tx.insert(noteEntity, note('a'));
      const [row]: { id: number }[] = await tx.query('SELECT CONNECTION_ID() AS id');
      if (attempts === 1) await asRoot(`KILL ${row?.id}`);
      await tx.insert(noteEntity, note('b'));
    });
    expect(attempts).toBe(2);
    expect(await dataSource.manager.count(noteEntity)).toBe(2);
  });

  it('tells its callers in time that a frozen server does not answer, and recovers with a whole pool', async () => {
    await inTransaction(dataSource, (tx) => tx.insert(noteEntity, note('warm')));
    server.kill('SIGSTOP');
    try {
      const refused = await Promise.all(
        Array.from({ length: 15 }, (_, index) =>
          inTransaction(dataSource, (tx) => tx.insert(noteEntity, note(`${index}`)), { deadlineMs: 300 }).catch(codeOf),
        ),
      );
      expect(new Set(refused)).toEqual(new Set(['unavailable']));
      await expect(pingDatabase(dataSource, 300)).rejects.toMatchObject({ code: 'unavailable' });
    } finally {
      server.kill('SIGCONT');
    }
    const later = (index: number): Promise<unknown> =>
      inTransaction(dataSource, (tx) => tx.insert(noteEntity, note(`later ${index}`)));
    await pollUntil(() => pingDatabase(dataSource).then(() => true), { what: 'the server answering again' });
    await Promise.all(Array.from({ length: 20 }, (_, index) => later(index)));
    expect(await dataSource.manager.count(noteEntity)).toBe(21);
  });

  it('does not say committed when the server died first, and works again after its restart', async () => {
    const written: string[] = [];
    let stop = false;
    const writer = async (name: string): Promise<void> => {
      for (let index = 0; !stop; index += 1) {
        const id = `${name}-${index}`;
        const outcome = await inTransaction(dataSource, (tx) => tx.insert(noteEntity, note(id))).then(
          () => 'ok',
          codeOf,
        );
        if (outcome === 'ok') written.push(id);
        else expect(outcome).toBe('unavailable');
      }
    };
    const writers = ['w1', 'w2', 'w3'].map(writer);
    await pollUntil(() => written.length > 30, { what: 'the first commits' });
    server.kill('SIGKILL');
    await server.restart();
    const before = written.length;
    await pollUntil(() => written.length > before + 30, { what: 'commits after the restart', timeoutMs: 30_000 });
    stop = true;
    await Promise.all(writers);
    const stored = new Set((await dataSource.manager.find(noteEntity, { select: { id: true } })).map(({ id }) => id));
    expect(written.filter((id) => !stored.has(id))).toEqual([]);
  }, 90_000);

  it('waits for a database that starts after the service, and gives up when told', async () => {
    const dataDir = await makeTempDir('late-mariadb');
    const port = await freePort();
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_fields: object, message: string) => warnings.push(message) };
    const url = `mysql://root@127.0.0.1:${port}/late`;
    const giveUp = new AbortController();
    const abandoned = openDatabase({ ...notesService, url, runMigrations: true, signal: giveUp.signal });
    const waiting = openDatabase({ ...notesService, url, runMigrations: true, log });
    await pollUntil(() => warnings.length > 0, { what: 'the first failed attempt' });
    giveUp.abort();
    await expect(abandoned).rejects.toMatchObject({ code: 'unavailable' });
    const late = await startMariadb({ dataDir, port });
    try {
      const opened = await waiting;
      await opened.destroy();
      expect(warnings[0]).toContain('waiting');
    } finally {
      await late.stop();
      await removeDir(dataDir);
    }
  }, 90_000);
});

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** Resolves for everybody once `count` have come; from then on at once. */
function rendezvous(count: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    come += 1;
    if (come >= count) open();
    return all;
  };
}
