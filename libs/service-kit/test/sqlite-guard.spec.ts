import libsql from 'libsql';
import { DataSource } from 'typeorm';
import { sharedStack } from '@alertagent/local-stack';
import { inTransaction } from '../src/database/in-transaction';
import { openDatabase } from '../src/database/open-database';
import { OutsideTransactionError } from '../src/database/transaction-scope';
import { note, noteEntity, notesService } from './notes';

const stack = sharedStack();
const [sqlite] = stack.testDatabaseUrls();
const open: DataSource[] = [];

afterEach(async () => {
  for (const dataSource of open.splice(0)) await dataSource.destroy();
});
afterAll(() => stack.close());

async function guarded(): Promise<DataSource> {
  const url = (await sqlite?.url('guard')) ?? '';
  const dataSource = await openDatabase({ ...notesService, url, runMigrations: true });
  open.push(dataSource);
  return dataSource;
}

/** TypeORM as it comes, on the same driver. */
async function unguarded(): Promise<DataSource> {
  const dataSource = new DataSource({ type: 'better-sqlite3', driver: libsql, database: ':memory:' });
  await dataSource.initialize();
  await dataSource.query(
    'CREATE TABLE notes (id text PRIMARY KEY, title text, body text, size int, done int, created_at bigint)',
  );
  open.push(dataSource);
  return dataSource;
}

function gate(): { opened: Promise<void>; open: () => void } {
  let release: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { opened, open: release };
}

const insert = (target: { query(sql: string): Promise<unknown> }, id: string): Promise<unknown> =>
  target.query(`INSERT INTO notes (id, title, body, size, done, created_at) VALUES ('${id}', '${id}', '', 0, 0, 0)`);

/** A rolls back after B reported its commit and C its insert. Returns what is stored in the end. */
async function overlap(dataSource: DataSource): Promise<string[]> {
  const [started, mayFail] = [gate(), gate()];
  const a = dataSource.transaction(async (tx) => {
    await insert(tx, 'a');
    started.open();
    await mayFail.opened;
    throw new Error('a rolls back');
  });
  await started.opened;
  const b = dataSource.transaction((tx) => insert(tx, 'b'));
  const c = insert(dataSource, 'c');
  // Unguarded, both are told "done" while A is still open; guarded, they wait for A.
  await Promise.race([Promise.all([b, c]), new Promise(setImmediate)]);
  mayFail.open();
  await expect(a).rejects.toThrow('a rolls back');
  await Promise.all([b, c]);
  const rows: { id: string }[] = await dataSource.query('SELECT id FROM notes ORDER BY id');
  return rows.map(({ id }) => id);
}

describe('the transaction guard of SQLite', () => {
  it('is needed: TypeORM alone loses rows whose transactions reported success', async () => {
    expect(await overlap(await unguarded())).toEqual([]);
  });

  it('keeps committed rows and stray inserts when an overlapping transaction rolls back', async () => {
    expect(await overlap(await guarded())).toEqual(['b', 'c']);
  });

  it('commits 300 overlapping transactions, each whole or not at all', async () => {
    const dataSource = await guarded();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 300 }, (_, index) =>
        inTransaction(dataSource, async (tx) => {
          await tx.insert(noteEntity, note(`${index}-1`));
          await tx.insert(noteEntity, note(`${index}-2`));
          if (index % 3 === 0) throw new Error('no');
        }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(200);
    expect(await dataSource.manager.count(noteEntity)).toBe(400);
  });

  it('holds for query runners used by hand', async () => {
    const dataSource = await guarded();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await insert(runner, 'a');
    const other = insert(dataSource, 'b');
    await runner.rollbackTransaction();
    await runner.release();
    await other;
    expect(await dataSource.manager.find(noteEntity, { select: { id: true } })).toEqual([{ id: 'b' }]);
  });

  it('rolls back a transaction whose query runner is released without an end', async () => {
    const dataSource = await guarded();
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    await insert(runner, 'a');
    await runner.release();
    expect(await dataSource.manager.count(noteEntity)).toBe(0);
  });

  it('nests as savepoints on the same entity manager', async () => {
    const dataSource = await guarded();
    await inTransaction(dataSource, async (tx) => {
      await insert(tx, 'a');
      await expect(
        tx.transaction(async (inner) => {
          await insert(inner, 'b');
          throw new Error('only the inner part');
        }),
      ).rejects.toThrow('only the inner part');
    });
    expect(await dataSource.manager.find(noteEntity, { select: { id: true } })).toEqual([{ id: 'a' }]);
  });

  it('refuses a query past the open transaction instead of waiting for itself', async () => {
    const dataSource = await guarded();
    const stray = inTransaction(dataSource, async (tx) => {
      await insert(tx, 'a');
      await insert(dataSource, 'b');
    });
    await expect(stray).rejects.toThrow(OutsideTransactionError);
    expect(await dataSource.manager.count(noteEntity)).toBe(0);
  });

  it('lets work that a finished transaction left behind use the database', async () => {
    const dataSource = await guarded();
    const later = gate();
    let leftBehind: Promise<unknown> = Promise.resolve();
    await inTransaction(dataSource, async (tx) => {
      await insert(tx, 'a');
      leftBehind = later.opened.then(() => insert(dataSource, 'b'));
    });
    later.open();
    await leftBehind;
    expect(await dataSource.manager.count(noteEntity)).toBe(2);
  });
});
