import { setTimeout as delay } from 'node:timers/promises';
import { checkInvariants } from '../../invariants';
import { adminConnection, asAdmin, metricOf, onlyAnswers } from '../../measure';
import type { FaultRow, RowContext, RowResult } from '../../row';
import { senderTo } from '../../sender-to';
import type { Stand } from '../../stand';

/** The pipeline gives a lock up after five seconds; this is longer. */
const LONG_LOCK_MS = 6_000;

const BALLAST = 'fault_ballast';

/** Others lock the rows that the gateway works on, in an order that collides with its own. */
export const databaseDeadlocks: FaultRow = {
  id: 'F22',
  title: 'database: deadlocks and lock waits on the alert tables, by two scripts that lock in opposite order',
  bar: 'every webhook and every read answered without an error; transactions repeated; 0/0/0',
  run,
};

async function run(context: RowContext): Promise<RowResult> {
  const { seconds = 16 } = context.options;
  const stand = await context.stand();
  const sender = senderTo(stand, context, 'storm');
  await sender.send(300);
  await asAdmin(stand, `CREATE TABLE ${BALLAST} (id VARCHAR(36))`);
  const until = performance.now() + seconds * 1_000;
  const statuses = new Map<number, number>();
  const work = [
    script(stand, ['alerts', 'incidents'], until),
    script(stand, ['incidents', 'alerts'], until),
    longLocks(stand, until),
    reads(stand, until, statuses),
    repeats(sender, until),
  ];
  await sender.sendByClock(20, seconds);
  const [forward = 0, backward = 0] = await Promise.all(work);
  const retries = await metricOf(stand.gateway, 'database_transaction_retries_total');
  const { figures, problems } = await checkInvariants(stand, { senders: [sender] });
  const wrong = [...statuses].filter(([status]) => status !== 200);
  return {
    figures: {
      ...figures,
      deadlocks_of_the_scripts: forward + backward,
      transactions_repeated: retries,
      reads: [...statuses.values()].reduce((sum, count) => sum + count, 0),
    },
    problems: [
      ...problems,
      ...onlyAnswers(sender, ['202']),
      ...wrong.map(([status, times]) => `${times} reads were answered ${status}`),
      ...(retries + forward + backward > 0 ? [] : ['nobody collided: the fault did not bite']),
    ],
  };
}

/** Locks rows of one table, then of the other, again and again; resolves to how often it was the one given up. */
async function script(stand: Stand, tables: readonly string[], until: number): Promise<number> {
  const connection = await adminConnection(stand);
  let givenUp = 0;
  while (performance.now() < until) {
    try {
      await connection.query('BEGIN');
      // The server gives up whoever has changed less: with some ballast that is the gateway now and then.
      await connection.query(`INSERT INTO ${BALLAST} SELECT id FROM alerts LIMIT 200`);
      for (const table of tables) {
        await connection.query(`SELECT id FROM ${table} ORDER BY id DESC LIMIT 40 FOR UPDATE`);
        await delay(10);
      }
      await connection.query('ROLLBACK');
    } catch {
      givenUp += 1;
      await connection.query('ROLLBACK');
    }
    await delay(15);
  }
  connection.destroy();
  return givenUp;
}

/** Now and then holds everything longer than anybody waits for a lock. */
async function longLocks(stand: Stand, until: number): Promise<number> {
  const connection = await adminConnection(stand);
  await delay(2_000);
  while (performance.now() + LONG_LOCK_MS < until) {
    await connection.query('BEGIN');
    await connection.query('SELECT id FROM incidents ORDER BY id DESC LIMIT 100 FOR UPDATE').catch(() => undefined);
    await delay(LONG_LOCK_MS);
    await connection.query('ROLLBACK');
    await delay(1_000);
  }
  connection.destroy();
  return 0;
}

async function reads(stand: Stand, until: number, statuses: Map<number, number>): Promise<number> {
  while (performance.now() < until) {
    for (const path of ['/alerts?limit=20', '/incidents?limit=20']) {
      const { status } = await stand.call('GET', path);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    await delay(100);
  }
  return 0;
}

/** Delivers alerts that are known already: their rows are the ones that others hold. */
async function repeats(sender: ReturnType<typeof senderTo>, until: number): Promise<number> {
  for (let from = 0; performance.now() < until; from = (from + 20) % 280) {
    await sender.deliver({ from, count: 20, status: 'firing' });
    await delay(50);
  }
  return 0;
}
