import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** From which contents a file that lacks many rules may be gone to. */
export class ConfirmedRemovals1768400000000 implements MigrationInterface {
  readonly name = 'ConfirmedRemovals1768400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of addedColumns(queryRunner)) await queryRunner.addColumns(name, columns);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of addedColumns(queryRunner)) await queryRunner.dropColumns(name, columns);
  }
}

function addedColumns(queryRunner: QueryRunner): [table: string, columns: TableColumn[]][] {
  const { varchar, longtext } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  const from = { confirmed_from: longtext(nullable) };
  const columnsOf = (columns: Record<string, ReturnType<typeof longtext>>): TableColumn[] =>
    table({ name: 'config', columns, primaryKey: [] }).columns;
  return [
    ['config_revisions', columnsOf({ ...from, removal_signature: varchar(128, nullable) })],
    ['config_heads', columnsOf(from)],
    ['rollout_clusters', columnsOf(from)],
  ];
}
