import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Alerts with times that cannot be right are flagged. */
export class ClockSkew1765000000003 implements MigrationInterface {
  readonly name = 'ClockSkew1765000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('alerts', skewColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('alerts', skewColumns(queryRunner));
  }
}

function skewColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({ name: 'alerts', columns: { clock_skew: column.varchar(20, { nullable: true }) }, primaryKey: [] })
    .columns;
}
