import { EntitySchema, type QueryRunner, type Table } from 'typeorm';
import { bigintNumber, epochMs, json } from '../database/column-transformers';
import { columnsFor, table } from '../database/table-builder';

/** One fact waiting to be published, or published and kept in case the stream is lost. */
export interface OutboxRow {
  /** UUIDv7, the message id on the bus. Rows are published in this order. */
  id: string;
  /** Full subject, key included. */
  subject: string;
  /** JSON text, already validated by its contract. */
  payload: string;
  /** Correlation and trace headers of the work that added it. */
  headers: Record<string, string>;
  createdAt: Date;
  /** When a stream acknowledged it; null while it waits. */
  publishedAt: Date | null;
  /** The stream that acknowledged it, and under which number. */
  stream: string | null;
  streamSeq: number | null;
  /** The relay that is publishing it, until when others leave it alone. */
  claimedBy: string | null;
  claimedUntil: Date | null;
  /** Failed attempts while others succeeded. */
  attempts: number;
  /** Not before this time. */
  nextAttemptAt: Date;
  lastError: string | null;
}

/** What a stream was when it last acknowledged a row; the stream behind this mark means that messages were lost. */
export interface OutboxStreamRow {
  stream: string;
  /** The server's creation time of the stream, as it gives it. */
  created: string;
  /** Highest sequence number acknowledged. */
  lastSeq: number;
}

export const outboxTableName = (service: string): string => `${service}_outbox`;
export const outboxStreamsTableName = (service: string): string => `${service}_outbox_streams`;

export function outboxEntity(service: string): EntitySchema<OutboxRow> {
  const tableName = outboxTableName(service);
  return new EntitySchema<OutboxRow>({
    name: tableName,
    tableName,
    columns: {
      id: { type: 'varchar', length: 36, primary: true },
      subject: { type: 'varchar', length: 255 },
      payload: { type: 'longtext' },
      headers: { type: 'longtext', transformer: json<Record<string, string>>() },
      createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
      publishedAt: { name: 'published_at', type: 'bigint', nullable: true, transformer: epochMs },
      stream: { type: 'varchar', length: 64, nullable: true },
      streamSeq: { name: 'stream_seq', type: 'bigint', nullable: true, transformer: bigintNumber },
      claimedBy: { name: 'claimed_by', type: 'varchar', length: 64, nullable: true },
      claimedUntil: { name: 'claimed_until', type: 'bigint', nullable: true, transformer: epochMs },
      attempts: { type: 'int' },
      nextAttemptAt: { name: 'next_attempt_at', type: 'bigint', transformer: epochMs },
      lastError: { name: 'last_error', type: 'varchar', length: 255, nullable: true },
    },
    indices: [
      { name: `IX_${tableName}_published_at`, columns: ['publishedAt', 'id'] },
      { name: `IX_${tableName}_stream`, columns: ['stream', 'streamSeq'] },
    ],
  });
}

export function outboxTable(service: string, queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  const name = outboxTableName(service);
  return table({
    name,
    columns: {
      id: column.id(),
      subject: column.varchar(255),
      payload: column.longtext(),
      headers: column.longtext(),
      created_at: column.time(),
      published_at: column.time({ nullable: true }),
      stream: column.varchar(64, { nullable: true }),
      stream_seq: column.bigint({ nullable: true }),
      claimed_by: column.varchar(64, { nullable: true }),
      claimed_until: column.time({ nullable: true }),
      attempts: column.int(),
      next_attempt_at: column.time(),
      last_error: column.varchar(255, { nullable: true }),
    },
    primaryKey: ['id'],
    indexes: {
      // Waiting rows are those with NULL here, in publishing order; old published ones are found for deletion.
      [`IX_${name}_published_at`]: ['published_at', 'id'],
      [`IX_${name}_stream`]: ['stream', 'stream_seq'],
    },
  });
}

export function outboxStreamsEntity(service: string): EntitySchema<OutboxStreamRow> {
  const tableName = outboxStreamsTableName(service);
  return new EntitySchema<OutboxStreamRow>({
    name: tableName,
    tableName,
    columns: {
      stream: { type: 'varchar', length: 64, primary: true },
      created: { type: 'varchar', length: 64 },
      lastSeq: { name: 'last_seq', type: 'bigint', transformer: bigintNumber },
    },
  });
}

export function outboxStreamsTable(service: string, queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: outboxStreamsTableName(service),
    columns: { stream: column.varchar(64), created: column.varchar(64), last_seq: column.bigint() },
    primaryKey: ['stream'],
  });
}
