import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** A cluster may take no rules, because it is being retired or evaluates none. */
export class ClosedClusters1766000000000 implements MigrationInterface {
  readonly name = 'ClosedClusters1766000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('rule_clusters', closedColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('rule_clusters', closedColumns(queryRunner));
  }
}

function closedColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({ name: 'rule_clusters', columns: { closed_at: column.time({ nullable: true }) }, primaryKey: [] })
    .columns;
}
