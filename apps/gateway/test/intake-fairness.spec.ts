import { inTransaction, newId } from '@alertagent/service-kit';
import { pollUntil } from '@alertagent/local-stack';
import { InboxQueue } from '../src/intake/inbox-queue';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

const BACKLOG = 10_000;
const ROWS_AT_ONCE = 500;

/** Puts webhooks of one alert each into the inbox, as a storm would have left them. */
async function storm(stand: AlertStand, cluster: string, webhooks: number, state = 0): Promise<void> {
  for (let stored = 0; stored < webhooks; stored += ROWS_AT_ONCE) {
    const rows = Array.from({ length: ROWS_AT_ONCE }, (_, index) => {
      const body = JSON.stringify(message(alert({ labels: { service: 'storm', instance: `i${stored + index}` } })));
      return [newId(), cluster, 1, 1, 1, state, 0, 1, body];
    });
    await stand.database.query(
      'INSERT INTO alert_inbox (id, cluster_id, received_at, alert_count, good_count, state, attempts, due_at, body) VALUES ' +
        rows.map((row) => `(${row.map(() => '?').join(', ')})`).join(', '),
      rows.flat(),
    );
  }
}

describe.each(DATABASES)('a cluster in a storm on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  it('delays another cluster by a batch, not by its whole backlog', async () => {
    await storm(stand, stand.first.id, BACKLOG);
    const sent = await stand.deliver(message(alert({ labels: { service: 'calm' } })), { cluster: stand.second });
    expect(sent.status).toBe(202);
    await pollUntil(async () => (await stand.alerts(`&cluster_id=${stand.second.id}`)).length === 1, {
      what: 'the alert of the calm cluster',
      timeoutMs: 60_000,
    });
    const { clusters } = await stand.ledger();
    expect(clusters.find(({ cluster_id }) => cluster_id === stand.first.id)!.pending).toBeGreaterThan(0);
    expect(clusters.find(({ cluster_id }) => cluster_id === stand.second.id)).toMatchObject({
      accepted: 1,
      pending: 0,
    });
  }, 120_000);
});

describe('the inbox with a long backlog on MariaDB', () => {
  const clusters = ['a', 'b', 'c'].map((last) => `01900000-0000-7000-8000-00000000001${last}`);
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB');
    await storm(stand, clusters[0]!, BACKLOG, 9);
    await storm(stand, clusters[1]!, ROWS_AT_ONCE, 9);
    await storm(stand, clusters[2]!, ROWS_AT_ONCE, 9);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  it('is shared between clusters by alerts, oldest first, and hardly any of it is read for that', async () => {
    const queue = stand.service.get(InboxQueue);
    const taken = await inTransaction(stand.database, async (tx) => {
      await tx.query('UPDATE alert_inbox SET state = 0 WHERE state = 9');
      await tx.query('FLUSH STATUS');
      const webhooks = await queue.claim(tx, 90);
      const status = await tx.query<{ Value: string }[]>("SHOW SESSION STATUS LIKE 'Handler_read%'");
      const counts = clusters.map((id) => webhooks.filter(({ cluster_id }) => cluster_id === id).length);
      await tx.query('UPDATE alert_inbox SET state = 9 WHERE state = 0');
      return { counts, webhooks, reads: status.reduce((sum, { Value }) => sum + Number(Value), 0) };
    });
    expect(taken.counts).toEqual([30, 30, 30]);
    for (const id of clusters) {
      const ids = taken.webhooks.filter(({ cluster_id }) => cluster_id === id).map((webhook) => webhook.id);
      const oldest = await stand.database.query<{ id: string }[]>(
        'SELECT id FROM alert_inbox WHERE cluster_id = ? ORDER BY id LIMIT 30',
        [id],
      );
      expect(ids).toEqual(oldest.map((row) => row.id));
    }
    expect(taken.reads).toBeLessThan(2_000);
  }, 60_000);

  it('gives a second worker what comes directly after the rows that the first one has in hand', async () => {
    const queue = stand.service.get(InboxQueue);
    const oldest = await stand.database.query<{ id: string }[]>(
      'SELECT id FROM alert_inbox WHERE cluster_id = ? ORDER BY id LIMIT 20',
      [clusters[0]!],
    );
    const ids = oldest.map(({ id }) => id);
    const mark = (state: number): Promise<unknown> =>
      stand.database.query(`UPDATE alert_inbox SET state = ${state} WHERE cluster_id = ?`, [clusters[0]!]);
    await mark(0);
    const inHand = await inTransaction(stand.database, async (tx) => {
      const first = await queue.claim(tx, 10);
      const runner = stand.database.createQueryRunner();
      try {
        await runner.startTransaction();
        const second = await queue.claim(runner.manager, 10);
        return [...first, ...second].map(({ id }) => id);
      } finally {
        await runner.rollbackTransaction();
        await runner.release();
      }
    });
    await mark(9);
    expect(inHand).toEqual(ids);
  }, 60_000);
});
