import { EntitySchema, type QueryRunner, type Table } from 'typeorm';
import { epochMs } from '../database/column-transformers';
import { columnsFor, table } from '../database/table-builder';

/** One delivery that has been handled. The pair is the primary key: that is what makes a repeat visible, for ever. */
export interface InboxRow {
  handler: string;
  messageId: string;
  handledAt: Date;
}

export const inboxTableName = (service: string): string => `${service}_inbox`;

export function inboxEntity(service: string): EntitySchema<InboxRow> {
  return new EntitySchema<InboxRow>({
    name: inboxTableName(service),
    tableName: inboxTableName(service),
    columns: {
      handler: { type: 'varchar', length: 128, primary: true },
      messageId: { name: 'message_id', type: 'varchar', length: 128, primary: true },
      handledAt: { name: 'handled_at', type: 'bigint', transformer: epochMs },
    },
  });
}

export function inboxTable(service: string, queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: inboxTableName(service),
    columns: { handler: column.varchar(128), message_id: column.varchar(128), handled_at: column.time() },
    primaryKey: ['handler', 'message_id'],
  });
}
