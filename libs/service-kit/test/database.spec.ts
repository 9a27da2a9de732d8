import { DataSource } from 'typeorm';
import { sharedStack } from '@alertagent/local-stack';
import { afterCommit } from '../src/database/after-commit';
import { assertNoDrift } from '../src/database/assert-no-drift';
import { isUniqueViolation } from '../src/database/database-errors';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase, PendingMigrationsError } from '../src/database/open-database';
import { pingDatabase } from '../src/database/ping-database';
import { runMigrationsCommand } from '../src/database/run-migrations-command';
import type { ServiceDatabase } from '../src/database/service-database';
import { OutsideTransactionError } from '../src/database/transaction-scope';
import { note, noteEntity, notesService } from './notes';

const stack = sharedStack();
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('a service database on $name', (database) => {
  const open: DataSource[] = [];
  let url: string;

  beforeEach(async () => {
    url = await database.url('kit');
  });
  afterEach(async () => {
    for (const dataSource of open.splice(0)) await dataSource.destroy();
  });

  async function start(more: Partial<ServiceDatabase> = {}, runMigrations = true): Promise<DataSource> {
    const dataSource = await openDatabase({ ...notesService, ...more, url, runMigrations });
    open.push(dataSource);
    return dataSource;
  }

  it('has no drift between entities and migrations', async () => {
    const dataSource = await start();
    await assertNoDrift(dataSource);
    await dataSource.query('DROP INDEX IX_notes_created_at' + (database.name === 'mariadb' ? ' ON notes' : ''));
    await expect(assertNoDrift(dataSource)).rejects.toThrow('IX_notes_created_at');
  });

  it('gives back what was stored: emoji, milliseconds, JSON, doubles, booleans', async () => {
    const dataSource = await start();
    const stored = note('n', {
      body: '中😀\n'.repeat(30_000),
      labels: { team: 'ñ "x"' },
      weight: 0.1 + 0.2,
      size: -5,
      done: true,
      createdAt: new Date(1_764_000_000_123),
    });
    // TypeORM writes into what it is given.
    await dataSource.manager.insert(noteEntity, { ...stored });
    expect(await dataSource.manager.findOneByOrFail(noteEntity, { id: 'n' })).toEqual(stored);
  });

  it('compares keys by byte and reports a repeated one as such', async () => {
    const dataSource = await start();
    await dataSource.manager.insert(
      noteEntity,
      ['Abc', 'abc', 'ábc'].map((title) => note(title, { title })),
    );
    const repeated = dataSource.manager.insert(noteEntity, note('x', { title: 'abc' }));
    await expect(repeated.catch(isUniqueViolation)).resolves.toBe(true);
    const sameId = dataSource.manager.insert(noteEntity, note('abc', { title: 'new' }));
    await expect(sameId.catch(isUniqueViolation)).resolves.toBe(true);
    const missing = dataSource.query('INSERT INTO notes (id) VALUES (NULL)');
    await expect(missing.catch(isUniqueViolation)).resolves.toBe(false);
  });

  it('refuses to start with pending migrations until the migrate command has run', async () => {
    await expect(start({}, false)).rejects.toThrow(PendingMigrationsError);
    await runMigrationsCommand({ ...notesService, url });
    await runMigrationsCommand({ ...notesService, url });
    const dataSource = await start({}, false);
    expect(await dataSource.query('SELECT name FROM migrations_rules')).toHaveLength(2);
  });

  it('adds a kit table that a later version asks for', async () => {
    const first = await start({ kit: { outbox: true } });
    await assertNoDrift(first);
    const second = await start();
    await assertNoDrift(second);
  });

  it('runs actions after the commit, and not after a rollback', async () => {
    const dataSource = await start();
    const seen: string[] = [];
    await inTransaction(dataSource, async (tx) => {
      afterCommit(tx, () => seen.push('committed'));
      await tx.insert(noteEntity, note('a'));
      await tx.transaction((inner) => inner.insert(noteEntity, note('b')));
      expect(seen).toEqual([]);
    });
    const failing = inTransaction(dataSource, async (tx) => {
      afterCommit(tx, () => seen.push('rolled back'));
      await tx.insert(noteEntity, note('a'));
    });
    await expect(failing).rejects.toThrow();
    await inTransaction(dataSource, (tx) => tx.insert(noteEntity, note('c')));
    expect(seen).toEqual(['committed']);
    expect(() => afterCommit(dataSource.manager, () => undefined)).toThrow('open transaction');
  });

  it('refuses a transaction inside a transaction', async () => {
    const dataSource = await start();
    const nested = inTransaction(dataSource, () => inTransaction(dataSource, async () => undefined));
    await expect(nested).rejects.toThrow(OutsideTransactionError);
  });

  it('answers a ping while it is open, and says unavailable afterwards', async () => {
    const dataSource = await start();
    await pingDatabase(dataSource);
    await dataSource.destroy();
    open.splice(0);
    await expect(pingDatabase(dataSource)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
