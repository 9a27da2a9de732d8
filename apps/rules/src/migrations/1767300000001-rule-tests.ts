import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Unit tests of rules, and their runs. */
export class RuleTests1767300000001 implements MigrationInterface {
  readonly name = 'RuleTests1767300000001';

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
      name: 'rule_tests',
      columns: {
        rule_id: column.id(),
        content: column.longtext(),
        with_rules: column.longtext(),
        version: column.int(),
        test_count: column.int(),
        updated_at: column.time(),
        updated_by: column.varchar(200),
      },
      primaryKey: ['rule_id'],
    }),
    table({
      name: 'rule_test_runs',
      columns: {
        id: column.id(),
        rule_id: column.id(),
        rule_version: column.int(),
        tests_version: column.int(),
        state: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        promtool: column.varchar(40, { nullable: true }),
        results: column.longtext(),
        override_reason: column.longtext({ nullable: true }),
        overridden_by: column.varchar(200, { nullable: true }),
        attempts: column.int(),
        lease_until: column.time({ nullable: true }),
        created_at: column.time(),
        ended_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_test_runs_versions: ['rule_id', 'rule_version', 'tests_version'] },
      indexes: { IX_rule_test_runs_state: ['state', 'id'] },
    }),
  ];
}
