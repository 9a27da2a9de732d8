import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2';

const COLUMNS = 'id, cluster_id, received_at, alert_count, good_count, state, attempts, due_at, body';
const ROW = `(${COLUMNS.replaceAll(/[a-z_]+/g, '?')})`;
const CLUSTER = '01890000-0000-7000-8000-000000000000';

interface WaitingRow {
  values: unknown[];
  resolve: () => void;
  reject: (error: Error) => void;
}

/** The gateway's INSERT and nothing else: one statement at a time, each with all rows that came in during the one before. */
export class BareInbox {
  private readonly waiting: WaitingRow[] = [];
  private isWriting = false;

  constructor(
    private readonly connection: Connection,
    private readonly maxBatch: number,
  ) {}

  /** Resolves after the row is committed. */
  add(body: Buffer, alerts: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const now = Date.now();
      this.waiting.push({ values: [newId(now), CLUSTER, now, alerts, alerts, 0, 0, now, body], resolve, reject });
      if (this.isWriting) return;
      this.isWriting = true;
      setImmediate(() => void this.writeAll());
    });
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, this.maxBatch));
    this.isWriting = false;
  }

  private write(rows: WaitingRow[]): Promise<void> {
    const sql = `INSERT INTO alert_inbox (${COLUMNS}) VALUES ${rows.map(() => ROW).join(', ')}`;
    return new Promise((resolve) => {
      this.connection.execute(sql, rows.flatMap(({ values }) => values) as never[], (error: Error | null) => {
        for (const row of rows) {
          if (error) row.reject(error);
          else row.resolve();
        }
        resolve();
      });
    });
  }
}

/** Grows with time as the gateway's ids do: where rows go in the table decides what an INSERT costs. */
function newId(now: number): string {
  const hex = now.toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
