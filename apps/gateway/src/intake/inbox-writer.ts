import { ServiceError } from '@alertagent/contracts';
import {
  isConnectionLost,
  isUniqueViolation,
  toDatabaseServiceError,
  withConnectionDeadline,
} from '@alertagent/service-kit';
import type { DataSource, QueryRunner } from 'typeorm';
import { INBOX_PENDING } from './inbox-state';

/** A webhook on its way into the inbox. */
export interface IncomingWebhook {
  id: string;
  cluster_id: string;
  received_at: number;
  alert_count: number;
  good_count: number;
  /** The body as received, checked to be UTF-8. */
  body: Buffer;
  /** Null is Alertmanager's own format. */
  format: string | null;
  source_id: string | null;
  source_version: number | null;
}

const COLUMNS = [
  'id',
  'cluster_id',
  'received_at',
  'alert_count',
  'good_count',
  'state',
  'attempts',
  'due_at',
  'body',
  'format',
  'source_id',
  'source_version',
] as const;
const INSERT = `INSERT INTO alert_inbox (${COLUMNS.join(', ')}) VALUES `;
const ROW = `(${COLUMNS.map(() => '?').join(', ')})`;

/** How often one statement is sent when its connection breaks: a server that throws connections out may do it again. */
const MAX_ATTEMPTS = 3;

/** The part of a mysql2 connection that sends parameters apart from the statement. */
interface PreparingConnection {
  execute(sql: string, values: unknown[], done: (error: Error | null) => void): void;
}

/**
 * Writes webhooks in one statement, which is its own transaction. Below the query runner on MySQL, because its text protocol
 * would escape each body character by character: that alone costs more than parsing it.
 */
export class InboxWriter {
  private readonly isSqlite: boolean;

  /** @param deadlineMs after this many milliseconds the connection is cut and the answer is `unavailable` */
  constructor(
    private readonly dataSource: DataSource,
    private readonly deadlineMs: number,
  ) {
    this.isSqlite = dataSource.options.type === 'better-sqlite3';
  }

  /**
   * Stores all or none. A connection that breaks under the statement leaves open whether it was committed: the statement is
   * repeated, and rows that are there already are our own. Errors: ServiceError `unavailable`; `too_large` when the database
   * takes no message of this size.
   */
  async write(webhooks: readonly IncomingWebhook[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.attempt(webhooks);
        return;
      } catch (error) {
        if (attempt > 1 && isUniqueViolation(error)) return;
        if (attempt < MAX_ATTEMPTS && isConnectionLost(error)) continue;
        if (hasCode(error, 'ER_NET_PACKET_TOO_LARGE')) {
          throw new ServiceError('too_large', 'the database does not take a body of this size', { cause: error });
        }
        throw toDatabaseServiceError(error);
      }
    }
  }

  private async attempt(webhooks: readonly IncomingWebhook[]): Promise<void> {
    const runner = this.dataSource.createQueryRunner();
    await withConnectionDeadline(runner, this.deadlineMs, () => this.insert(runner, webhooks));
  }

  private async insert(runner: QueryRunner, webhooks: readonly IncomingWebhook[]): Promise<void> {
    const sql = INSERT + webhooks.map(() => ROW).join(', ');
    const values = webhooks.flatMap((webhook) => [
      webhook.id,
      webhook.cluster_id,
      webhook.received_at,
      webhook.alert_count,
      webhook.good_count,
      INBOX_PENDING,
      0,
      webhook.received_at,
      this.isSqlite ? webhook.body.toString('utf8') : webhook.body,
      webhook.format,
      webhook.source_id,
      webhook.source_version,
    ]);
    if (this.isSqlite) {
      await runner.query(sql, values);
      return;
    }
    const connection = (await runner.connect()) as PreparingConnection;
    await new Promise<void>((resolve, reject) => {
      connection.execute(sql, values, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
