import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Clusters have a kind and are retired in steps; of members it is known what they are, since when they are how they are, and what their clock says. */
export class KindsAndRetirement1766000000001 implements MigrationInterface {
  readonly name = 'KindsAndRetirement1766000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('alertmanager_clusters', clusterColumns(queryRunner));
    await queryRunner.query("UPDATE alertmanager_clusters SET kind = 'prometheus'");
    await queryRunner.addColumns('cluster_members', memberColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('cluster_members', memberColumns(queryRunner));
    await queryRunner.dropColumns('alertmanager_clusters', clusterColumns(queryRunner));
  }
}

function clusterColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({
    name: 'alertmanager_clusters',
    columns: {
      kind: column.varchar(20, { nullable: true }),
      retiring_at: column.time({ nullable: true }),
      retired_rules: column.varchar(20, { nullable: true }),
      unproven: column.longtext({ nullable: true }),
    },
    primaryKey: [],
  }).columns;
}

function memberColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({
    name: 'cluster_members',
    columns: {
      kind: column.varchar(20, { nullable: true }),
      clock_ahead_ms: column.double({ nullable: true }),
      changed_at: column.time({ nullable: true }),
      bare_at: column.time({ nullable: true }),
    },
    primaryKey: [],
  }).columns;
}
