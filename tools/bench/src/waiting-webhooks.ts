import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { NUMBER_MARK, webhookText } from './load/alert-texts';

const CLUSTER = '01890000-0000-7000-8000-000000000000';
const GROUPS = 100;
const WEBHOOKS_PER_INSERT = 50;

/** Puts webhooks of 50 alerts into the inbox as if they had just been acknowledged; no two alerts are alike. Returns how many alerts. */
export async function putWaiting(connection: Connection, firstAlert: number, webhooks: number): Promise<number> {
  const startsAt = '2026-01-05T09:00:00.000Z';
  const texts = Array.from({ length: GROUPS }, (_, group) => webhookText(50, group, startsAt).split(NUMBER_MARK));
  let alert = firstAlert;
  for (let done = 0; done < webhooks; done += WEBHOOKS_PER_INSERT) {
    const rows: unknown[][] = [];
    for (let index = done; index < Math.min(webhooks, done + WEBHOOKS_PER_INSERT); index += 1) {
      const parts = texts[index % GROUPS]!;
      // Each alert of a webhook has the same number; its instance tells it from the others.
      const body = parts.join(String(alert).padStart(NUMBER_MARK.length, '0'));
      alert += 1;
      const now = Date.now();
      rows.push([idAt(now), CLUSTER, now, 50, 50, 0, 0, now, body]);
    }
    await connection.query(
      'INSERT INTO alert_inbox (id, cluster_id, received_at, alert_count, good_count, state, attempts, due_at, body) VALUES ?',
      [rows],
    );
  }
  return webhooks * 50;
}

function idAt(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
