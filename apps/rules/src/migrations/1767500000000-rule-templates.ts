import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Templates of rules, their versions, where they are used, and which rules that made. */
export class RuleTemplates1767500000000 implements MigrationInterface {
  readonly name = 'RuleTemplates1767500000000';

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
      name: 'rule_templates',
      columns: {
        id: column.id(),
        name: column.varchar(100),
        active_name: column.varchar(100, { nullable: true }),
        name_folded: column.varchar(200),
        title: column.longtext({ nullable: true }),
        description: column.longtext({ nullable: true }),
        document: column.longtext(),
        pack: column.varchar(100, { nullable: true }),
        pack_version: column.varchar(20, { nullable: true }),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        deleted_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_templates_active_name: ['active_name'] },
    }),
    table({
      name: 'rule_template_versions',
      columns: {
        template_id: column.id(),
        version: column.int(),
        change_kind: column.varchar(20),
        author: column.varchar(200),
        reason: column.longtext({ nullable: true }),
        created_at: column.time(),
        content: column.longtext(),
      },
      primaryKey: ['template_id', 'version'],
    }),
    table({
      name: 'template_instances',
      columns: {
        id: column.id(),
        template_id: column.id(),
        template_version: column.int(),
        name: column.varchar(100),
        namespace: column.varchar(200),
        parameters: column.longtext(),
        targets: column.longtext(),
        overrides: column.longtext(),
        owner: column.varchar(100, { nullable: true }),
        state: column.varchar(20),
        problems: column.longtext(),
        overwrite_local: column.boolean(),
        actor: column.longtext(),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_template_instances_name: ['template_id', 'name'] },
      indexes: { IX_template_instances_state: ['state'] },
    }),
    table({
      name: 'template_instance_rules',
      columns: {
        instance_id: column.id(),
        rule_key: column.varchar(200),
        rule_id: column.id(),
        applied: column.longtext({ nullable: true }),
      },
      primaryKey: ['instance_id', 'rule_key'],
      unique: { UQ_template_instance_rules_rule: ['rule_id'] },
    }),
  ];
}
