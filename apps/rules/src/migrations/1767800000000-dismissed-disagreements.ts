import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** What promtool judges differently may be dismissed, with a reason. */
export class DismissedDisagreements1767800000000 implements MigrationInterface {
  readonly name = 'DismissedDisagreements1767800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('rule_disagreements', columns(queryRunner));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumns('rule_disagreements', columns(queryRunner));
  }
}

function columns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  const dismissal = {
    dismissed_at: column.time({ nullable: true }),
    dismissed_by: column.varchar(200, { nullable: true }),
    dismissal_reason: column.varchar(1000, { nullable: true }),
  };
  return table({ name: 'rule_disagreements', columns: dismissal, primaryKey: [] }).columns;
}
