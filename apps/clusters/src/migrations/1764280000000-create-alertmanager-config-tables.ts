import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Layers of Alertmanager configuration, their versions, and the secrets in them. */
export class CreateAlertmanagerConfigTables1764280000000 implements MigrationInterface {
  readonly name = 'CreateAlertmanagerConfigTables1764280000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await queryRunner.query('INSERT INTO alertmanager_config_lock (id) VALUES (1)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'alertmanager_configs',
      columns: {
        id: column.id(),
        name: column.varchar(100),
        active_name: column.varchar(100, { nullable: true }),
        kind: column.varchar(20),
        only_one: column.varchar(60, { nullable: true }),
        matchers: column.longtext(),
        layer_rank: column.int(),
        cluster_id: column.id({ nullable: true }),
        document: column.longtext(),
        version: column.int(),
        author: column.varchar(200),
        reason: column.longtext(),
        created_at: column.time(),
        updated_at: column.time(),
        deleted_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: {
        UQ_alertmanager_configs_active_name: ['active_name'],
        UQ_alertmanager_configs_only_one: ['only_one'],
      },
    }),
    table({
      name: 'alertmanager_config_versions',
      columns: {
        layer_id: column.id(),
        version: column.int(),
        change_kind: column.varchar(20),
        author: column.varchar(200),
        reason: column.longtext(),
        created_at: column.time(),
        content: column.longtext(),
      },
      primaryKey: ['layer_id', 'version'],
    }),
    table({
      name: 'alertmanager_secrets',
      columns: {
        name: column.varchar(500),
        sealed: column.longtext(),
        version: column.int(),
        author: column.varchar(200),
        created_at: column.time(),
        updated_at: column.time(),
      },
      primaryKey: ['name'],
    }),
    table({ name: 'alertmanager_config_lock', columns: { id: column.int() }, primaryKey: ['id'] }),
  ];
}
