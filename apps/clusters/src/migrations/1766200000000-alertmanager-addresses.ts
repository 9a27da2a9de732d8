import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Clusters know their Alertmanagers one by one. */
export class AlertmanagerAddresses1766200000000 implements MigrationInterface {
  readonly name = 'AlertmanagerAddresses1766200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('alertmanager_clusters', addressColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('alertmanager_clusters', addressColumns(queryRunner));
  }
}

function addressColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({
    name: 'alertmanager_clusters',
    columns: { alertmanagers: column.longtext({ nullable: true }) },
    primaryKey: [],
  }).columns;
}
