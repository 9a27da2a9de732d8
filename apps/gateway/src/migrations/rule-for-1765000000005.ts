import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Edits of rules know how long the new version must hold before it fires. */
export class RuleFor1765000000005 implements MigrationInterface {
  readonly name = 'RuleFor1765000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('rule_changes', forColumns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('rule_changes', forColumns(queryRunner));
  }
}

function forColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({ name: 'rule_changes', columns: { for_ms: column.time({ nullable: true }) }, primaryKey: [] }).columns;
}
