import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

const TABLE = 'config_signing_keys';

/** Who made a signing key, when it was retired, and the statement by which it follows another. */
export class KeyRotation1768400000001 implements MigrationInterface {
  readonly name = 'KeyRotation1768400000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns(TABLE, addedColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns(TABLE, addedColumns(queryRunner));
  }
}

function addedColumns(queryRunner: QueryRunner): TableColumn[] {
  const { id, varchar, time } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  const columns = {
    created_by: varchar(200, nullable),
    retired_at: time(nullable),
    previous_id: id(nullable),
    statement: varchar(128, nullable),
  };
  return table({ name: TABLE, columns, primaryKey: [] }).columns;
}
