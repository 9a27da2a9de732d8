import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** What is wrong with clusters, as others were told. */
export class ClusterTroubles1766000000003 implements MigrationInterface {
  readonly name = 'ClusterTroubles1766000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(troubles(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('cluster_troubles');
  }
}

function troubles(queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: 'cluster_troubles',
    columns: {
      cluster_id: column.id(),
      kind: column.varchar(30),
      type: column.varchar(30),
      subject: column.varchar(200),
      reason: column.longtext(),
      since: column.time(),
    },
    primaryKey: ['cluster_id', 'kind', 'type', 'subject'],
  });
}
