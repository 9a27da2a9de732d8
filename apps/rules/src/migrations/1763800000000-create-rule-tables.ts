import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Rules, their versions, their distributions with what each member proved, and the clusters this service has heard of. */
export class CreateRuleTables1763800000000 implements MigrationInterface {
  readonly name = 'CreateRuleTables1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await queryRunner.query('INSERT INTO rule_targeting_lock (id) VALUES (1)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'rules',
      columns: {
        id: column.id(),
        name_key: column.hash({ nullable: true }),
        group_name: column.varchar(200),
        name: column.varchar(200),
        name_folded: column.varchar(400),
        expression: column.longtext(),
        duration: column.varchar(50, { nullable: true }),
        keep_firing_for: column.varchar(50, { nullable: true }),
        severity: column.varchar(100, { nullable: true }),
        labels: column.longtext(),
        annotations: column.longtext(),
        targets: column.longtext(),
        pinned_clusters: column.longtext(),
        has_selectors: column.boolean(),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        deleted_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_rules_name_key: ['name_key'] },
      indexes: { IX_rules_group_name: ['group_name'] },
    }),
    table({
      name: 'rule_versions',
      columns: {
        rule_id: column.id(),
        version: column.int(),
        change_kind: column.varchar(20),
        author: column.varchar(200),
        created_at: column.time(),
        content: column.longtext(),
      },
      primaryKey: ['rule_id', 'version'],
    }),
    table({
      name: 'rule_distributions',
      columns: {
        id: column.id(),
        rule_id: column.id(),
        cluster_id: column.id(),
        version: column.int(),
        withdrawn: column.boolean(),
        status: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        rendered_revision: column.int({ nullable: true }),
        refused_reason: column.longtext({ nullable: true }),
        seen_in_revision: column.int(),
        saved_at: column.time(),
        live_at: column.time({ nullable: true }),
        withdrawn_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_distributions_rule_cluster: ['rule_id', 'cluster_id'] },
      indexes: { IX_rule_distributions_cluster: ['cluster_id'] },
    }),
    table({
      name: 'rule_distribution_members',
      columns: {
        distribution_id: column.id(),
        member: column.varchar(200),
        cluster_id: column.id(),
        status: column.varchar(20),
        status_version: column.int({ nullable: true }),
        reason: column.longtext({ nullable: true }),
        loaded_version: column.int({ nullable: true }),
        gone_revision: column.int({ nullable: true }),
        changed_at: column.time(),
      },
      primaryKey: ['distribution_id', 'member'],
      indexes: { IX_rule_distribution_members_cluster: ['cluster_id'] },
    }),
    table({
      name: 'rule_clusters',
      columns: {
        cluster_id: column.id(),
        name: column.varchar(100),
        labels: column.longtext(),
        version: column.int(),
        retired_at: column.time({ nullable: true }),
      },
      primaryKey: ['cluster_id'],
    }),
    table({
      name: 'rule_cluster_members',
      columns: {
        cluster_id: column.id(),
        name: column.varchar(200),
        revision: column.int({ nullable: true }),
        state: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        reported_at: column.time(),
        last_heard: column.time(),
      },
      primaryKey: ['cluster_id', 'name'],
    }),
    table({ name: 'rule_targeting_lock', columns: { id: column.int() }, primaryKey: ['id'] }),
  ];
}
