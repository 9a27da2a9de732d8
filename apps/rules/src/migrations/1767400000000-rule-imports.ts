import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Runs of taking rules in: what was sent, how far each is, and what became of each rule. */
export class RuleImports1767400000000 implements MigrationInterface {
  readonly name = 'RuleImports1767400000000';

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
      name: 'rule_imports',
      columns: {
        id: column.id(),
        state: column.varchar(20),
        format: column.varchar(20),
        options: column.longtext(),
        source_url: column.varchar(255, { nullable: true }),
        parts: column.int(),
        total: column.int({ nullable: true }),
        done: column.int(),
        counts: column.longtext(),
        error: column.varchar(1000, { nullable: true }),
        actor: column.longtext(),
        created_at: column.time(),
        ended_at: column.time({ nullable: true }),
        attempts: column.int(),
        lease_token: column.id({ nullable: true }),
        lease_until: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      indexes: { IX_rule_imports_state: ['state'] },
    }),
    table({
      name: 'rule_import_parts',
      columns: { import_id: column.id(), part_index: column.int(), data: column.longtext() },
      primaryKey: ['import_id', 'part_index'],
    }),
    table({
      name: 'rule_import_results',
      columns: { import_id: column.id(), seq: column.int(), outcome: column.varchar(20), result: column.longtext() },
      primaryKey: ['import_id', 'seq'],
    }),
  ];
}
