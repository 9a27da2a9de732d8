import { EntitySchema, type QueryRunner, type Table } from 'typeorm';
import { epochMs, json } from '../database/column-transformers';
import { columnsFor, table } from '../database/table-builder';

/** An event that no attempt could handle, with everything needed to replay it. */
export interface ParkedMessage {
  id: string;
  /** The handler it failed in; others may have handled the same message. */
  handler: string;
  /** The outbox row's id. */
  messageId: string;
  subject: string;
  /** The body as text, as it arrived. */
  payload: string;
  headers: Record<string, string>;
  /** Why the last attempt failed. */
  reason: string;
  /** How often it was delivered. */
  deliveries: number;
  parkedAt: Date;
  /** When it was last replayed; null again if it had to be parked once more. */
  replayedAt: Date | null;
}

export const parkedMessagesTableName = (service: string): string => `${service}_parked_messages`;

export function parkedMessagesEntity(service: string): EntitySchema<ParkedMessage> {
  const tableName = parkedMessagesTableName(service);
  return new EntitySchema<ParkedMessage>({
    name: tableName,
    tableName,
    columns: {
      id: { type: 'varchar', length: 36, primary: true },
      handler: { type: 'varchar', length: 128 },
      messageId: { name: 'message_id', type: 'varchar', length: 128 },
      subject: { type: 'varchar', length: 255 },
      payload: { type: 'longtext' },
      headers: { type: 'longtext', transformer: json<Record<string, string>>() },
      reason: { type: 'varchar', length: 1000 },
      deliveries: { type: 'int' },
      parkedAt: { name: 'parked_at', type: 'bigint', transformer: epochMs },
      replayedAt: { name: 'replayed_at', type: 'bigint', nullable: true, transformer: epochMs },
    },
    indices: [{ name: `UQ_${tableName}_handler_message_id`, columns: ['handler', 'messageId'], unique: true }],
  });
}

export function parkedMessagesTable(service: string, queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  const name = parkedMessagesTableName(service);
  return table({
    name,
    columns: {
      id: column.id(),
      handler: column.varchar(128),
      message_id: column.varchar(128),
      subject: column.varchar(255),
      payload: column.longtext(),
      headers: column.longtext(),
      reason: column.varchar(1000),
      deliveries: column.int(),
      parked_at: column.time(),
      replayed_at: column.time({ nullable: true }),
    },
    primaryKey: ['id'],
    unique: { [`UQ_${name}_handler_message_id`]: ['handler', 'message_id'] },
  });
}
