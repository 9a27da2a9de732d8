import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

const TABLE = 'config_signing_keys';

/** When a retired key was given up. Without the column such a key is one that cannot be opened. */
export class EndedKeys1769600000001 implements MigrationInterface {
  readonly name = 'EndedKeys1769600000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns(TABLE, addedColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns(TABLE, addedColumns(queryRunner));
  }
}

function addedColumns(queryRunner: QueryRunner): TableColumn[] {
  const columns = { ended_at: columnsFor(queryRunner).time({ nullable: true }) };
  return table({ name: TABLE, columns, primaryKey: [] }).columns;
}
