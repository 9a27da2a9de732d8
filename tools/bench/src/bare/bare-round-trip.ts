import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import type { NatsConnection } from 'nats';
import { byTheClock } from '../load/by-the-clock';

const SUBJECT = 'bare.news';

/**
 * The least that can lie between an alert and the news of it: one row of the inbox committed, one message acknowledged by a JetStream stream and
 * received. Milliseconds of each, by the clock.
 */
export async function bareRoundTrip({
  connection,
  nats,
  perSecond,
  seconds,
}: {
  connection: Connection;
  nats: NatsConnection;
  perSecond: number;
  seconds: number;
}): Promise<number[]> {
  await connection.query('CREATE TABLE bare_inbox LIKE alert_inbox');
  const manager = await nats.jetstreamManager();
  await manager.streams.add({ name: 'bare', subjects: [SUBJECT] });
  const stream = nats.jetstream();
  const dueOf = new Map<string, number>();
  const times: number[] = [];
  const subscription = nats.subscribe(SUBJECT, {
    callback: (_error, message) => {
      const due = dueOf.get(message.string());
      if (due !== undefined) times.push(performance.now() - due);
    },
  });
  const body = JSON.stringify({ alerts: [{ labels: { text: 'x'.repeat(500) } }] });
  await byTheClock({ perSecond, seconds }, async (_number, due) => {
    const id = randomBytes(18).toString('hex');
    dueOf.set(id, due);
    const now = Date.now();
    await connection.query(
      'INSERT INTO bare_inbox (id, cluster_id, received_at, alert_count, good_count, state, attempts, due_at, body) VALUES ?',
      [[[id, id, now, 1, 1, 0, 0, now, body]]],
    );
    await stream.publish(SUBJECT, id);
  });
  await nats.flush();
  subscription.unsubscribe();
  await manager.streams.delete('bare');
  await connection.query('DROP TABLE bare_inbox');
  return times;
}
