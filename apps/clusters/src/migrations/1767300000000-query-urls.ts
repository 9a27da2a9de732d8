import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Clusters know where PromQL is asked about them. */
export class QueryUrls1767300000000 implements MigrationInterface {
  readonly name = 'QueryUrls1767300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('alertmanager_clusters', queryUrlColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('alertmanager_clusters', queryUrlColumns(queryRunner));
  }
}

function queryUrlColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({
    name: 'alertmanager_clusters',
    columns: { query_url: column.varchar(255, { nullable: true }) },
    primaryKey: [],
  }).columns;
}
