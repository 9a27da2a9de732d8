import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Backtests and what came of them. */
export class Backtests1767300000000 implements MigrationInterface {
  readonly name = 'Backtests1767300000000';

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
      name: 'backtests',
      columns: {
        id: column.id(),
        rule_id: column.id({ nullable: true }),
        state: column.varchar(20),
        spec: column.longtext(),
        author: column.longtext(),
        error: column.longtext({ nullable: true }),
        outcome: column.longtext({ nullable: true }),
        interval_ms: column.int({ nullable: true }),
        in_step: column.boolean(),
        evaluations_done: column.int(),
        evaluations_total: column.int(),
        attempts: column.int(),
        lease_token: column.id({ nullable: true }),
        lease_until: column.time({ nullable: true }),
        created_at: column.time(),
        started_at: column.time({ nullable: true }),
        ended_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      indexes: { IX_backtests_state: ['state', 'id'], IX_backtests_rule: ['rule_id', 'id'] },
    }),
    table({
      name: 'backtested_alerts',
      columns: {
        backtest_id: column.id(),
        position: column.int(),
        side: column.varchar(10),
        content: column.longtext(),
      },
      primaryKey: ['backtest_id', 'position'],
    }),
  ];
}
