import { columnsFor, table, type TableDescription } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** What members are proven to run and what they repaired, and how that changed. */
export class MemberSyncs1767600000000 implements MigrationInterface {
  readonly name = 'MemberSyncs1767600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('config_members', addedColumns(queryRunner));
    await queryRunner.createTable(table(history(queryRunner)));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable(history(queryRunner).name);
    await queryRunner.dropColumns('config_members', addedColumns(queryRunner));
  }
}

function addedColumns(queryRunner: QueryRunner): TableColumn[] {
  const { varchar, int } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  const columns = {
    loaded_hash: varchar(100, nullable),
    drift_repaired: int(nullable),
    sidecar_version: varchar(50, nullable),
  };
  return table({ name: 'config_members', columns, primaryKey: [] }).columns;
}

function history(queryRunner: QueryRunner): TableDescription {
  const { id, hash, varchar, int, time } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  return {
    name: 'config_member_changes',
    columns: {
      id: id(),
      cluster_id: id(),
      type: varchar(30),
      member: varchar(200),
      member_hash: hash(),
      state: varchar(20),
      revision: int(nullable),
      hash: hash(nullable),
      reason: varchar(500, nullable),
      drift_repaired: int(),
      at: time(),
    },
    primaryKey: ['id'],
    indexes: {
      IX_config_member_changes_cluster: ['cluster_id', 'id'],
      IX_config_member_changes_member: ['cluster_id', 'type', 'member_hash', 'id'],
    },
  };
}
