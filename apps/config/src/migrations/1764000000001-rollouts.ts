import { columnsFor, table, type TableDescription } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Holds, proofs, rollouts, and what members show that gates are judged by. */
export class Rollouts1764000000001 implements MigrationInterface {
  readonly name = 'Rollouts1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of addedColumns(queryRunner)) await queryRunner.addColumns(name, columns);
    for (const description of newTables(queryRunner)) await queryRunner.createTable(table(description));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of newTables(queryRunner).reverse()) await queryRunner.dropTable(name);
    for (const [name, columns] of addedColumns(queryRunner)) await queryRunner.dropColumns(name, columns);
  }
}

function addedColumns(queryRunner: QueryRunner): [table: string, columns: TableColumn[]][] {
  const { id, hash, varchar, int, time, boolean } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  const heads = {
    held_at: time(nullable),
    held_by: varchar(200, nullable),
    hold_reason: varchar(500, nullable),
    rollout_id: id(nullable),
    confirmed_hash: hash(nullable),
    render_due: time(nullable),
  };
  const members = {
    reason: varchar(500, nullable),
    exact: boolean(nullable),
    failing_rules: int(nullable),
    waiting_rules: int(nullable),
    firing_alerts: int(nullable),
    evaluation_ms: int(nullable),
  };
  const revisions = { restores: int(nullable) };
  return [
    ['config_revisions', table({ name: 'config_revisions', columns: revisions, primaryKey: [] }).columns],
    ['config_heads', table({ name: 'config_heads', columns: heads, primaryKey: [] }).columns],
    ['config_members', table({ name: 'config_members', columns: members, primaryKey: [] }).columns],
  ];
}

function newTables(queryRunner: QueryRunner): TableDescription[] {
  const { id, hash, varchar, longtext, int, time, boolean } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  return [
    {
      name: 'config_proofs',
      columns: { cluster_id: id(), type: varchar(30), revision: int(), proven_at: time() },
      primaryKey: ['cluster_id', 'type', 'revision'],
    },
    {
      name: 'rollouts',
      columns: {
        id: id(),
        name: varchar(200),
        kind: varchar(20),
        type: varchar(30),
        state: varchar(20),
        reason: varchar(2000, nullable),
        plan: longtext(),
        gates: longtext(),
        wave: int(),
        created_by: longtext(),
        created_at: time(),
        started_at: time(nullable),
        ended_at: time(nullable),
        watched_from: time(nullable),
        settled_at: time(nullable),
        version: int(),
      },
      primaryKey: ['id'],
      indexes: { IX_rollouts_settled: ['settled_at', 'id'] },
    },
    {
      name: 'rollout_clusters',
      columns: {
        rollout_id: id(),
        cluster_id: id(),
        cluster_name: varchar(200),
        selected_wave: int(nullable),
        wave: int(),
        state: varchar(20),
        reason: varchar(2000, nullable),
        content: longtext(nullable),
        hash: hash(nullable),
        manifest: longtext(nullable),
        empty_confirmed: boolean(),
        from_revision: int(nullable),
        revision: int(nullable),
        returned_to: int(nullable),
        sent_at: time(nullable),
        live_at: time(nullable),
        firing_before: int(nullable),
      },
      primaryKey: ['rollout_id', 'cluster_id'],
    },
  ];
}
