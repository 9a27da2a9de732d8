import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** How clusters and their members were, change by change. */
export class HealthHistory1766000000002 implements MigrationInterface {
  readonly name = 'HealthHistory1766000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(history(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('cluster_health_history');
  }
}

function history(queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: 'cluster_health_history',
    columns: {
      id: column.id(),
      cluster_id: column.id(),
      type: column.varchar(30, { nullable: true }),
      member: column.varchar(200, { nullable: true }),
      status: column.varchar(20),
      previous: column.varchar(20),
      reason: column.longtext({ nullable: true }),
      at: column.time(),
    },
    primaryKey: ['id'],
    indexes: {
      IX_cluster_health_history_cluster: ['cluster_id', 'id'],
      IX_cluster_health_history_at: ['cluster_id', 'at'],
    },
  });
}
