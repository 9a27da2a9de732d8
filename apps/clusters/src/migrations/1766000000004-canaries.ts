import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Where the canaries of clusters were seen. */
export class Canaries1766000000004 implements MigrationInterface {
  readonly name = 'Canaries1766000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(canaries(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('cluster_canaries');
  }
}

function canaries(queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: 'cluster_canaries',
    columns: {
      cluster_id: column.id(),
      place: column.varchar(20),
      instance: column.varchar(200),
      first_at: column.time(),
      heard_at: column.time(),
    },
    primaryKey: ['cluster_id', 'place', 'instance'],
  });
}
