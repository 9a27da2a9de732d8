import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Clusters, their tokens, their members as last heard, and the health shown to people. */
export class CreateClusterTables1763800000000 implements MigrationInterface {
  readonly name = 'CreateClusterTables1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'alertmanager_clusters',
      columns: {
        id: column.id(),
        name: column.varchar(100),
        active_name: column.varchar(100, { nullable: true }),
        endpoint: column.varchar(255, { nullable: true }),
        settings: column.longtext(),
        labels: column.longtext(),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        retired_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_alertmanager_clusters_active_name: ['active_name'] },
    }),
    table({
      name: 'cluster_tokens',
      columns: {
        id: column.id(),
        cluster_id: column.id(),
        purpose: column.varchar(20),
        name: column.varchar(200),
        token_hash: column.hash(),
        created_at: column.time(),
        expires_at: column.time({ nullable: true }),
        revoked_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_cluster_tokens_token_hash: ['token_hash'] },
      indexes: { IX_cluster_tokens_cluster: ['cluster_id'] },
    }),
    table({
      name: 'cluster_members',
      columns: {
        cluster_id: column.id(),
        type: column.varchar(30),
        name: column.varchar(200),
        status: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        version: column.varchar(100, { nullable: true }),
        response_ms: column.double({ nullable: true }),
        last_seen: column.time(),
        last_check: column.time({ nullable: true }),
        good_streak: column.int(),
        bad_streak: column.int(),
      },
      primaryKey: ['cluster_id', 'type', 'name'],
    }),
    table({
      name: 'cluster_health_status',
      columns: {
        cluster_id: column.id(),
        status: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        changed_at: column.time(),
        last_check: column.time({ nullable: true }),
        checks: column.longtext(),
      },
      primaryKey: ['cluster_id'],
      indexes: { IX_cluster_health_status_status: ['status'] },
    }),
  ];
}
