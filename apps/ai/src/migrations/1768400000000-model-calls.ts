import { columnsFor, table } from '@alertagent/service-kit';
import { TableColumn, type MigrationInterface, type QueryRunner, type Table } from 'typeorm';

/** What calls of models took, and how urgent the incident was that they were made for. */
export class ModelCalls1768400000000 implements MigrationInterface {
  readonly name = 'ModelCalls1768400000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await queryRunner.query('INSERT INTO model_budget_lock (id, turns) VALUES (1, 0)');
    const priority = { ...columnsFor(queryRunner).int({ nullable: true }), name: 'priority' };
    await queryRunner.addColumn('ai_analysis_records', new TableColumn(priority));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropColumn('ai_analysis_records', 'priority');
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'model_budget_lock',
      columns: { id: column.int(), turns: column.int() },
      primaryKey: ['id'],
    }),
    table({
      name: 'model_calls',
      columns: {
        id: column.id(),
        analysis_id: column.id(),
        scope_id: column.varchar(100),
        day_utc: column.varchar(10),
        provider: column.varchar(20),
        app: column.varchar(200),
        state: column.varchar(20),
        outcome: column.varchar(20, { nullable: true }),
        reason: column.longtext({ nullable: true }),
        input_tokens: column.bigint(),
        output_tokens: column.bigint(),
        cost_micros: column.bigint(),
        ms: column.bigint(),
        is_estimated: column.boolean(),
        message_id: column.varchar(100, { nullable: true }),
        deadline: column.time(),
        created_at: column.time(),
        settled_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      indexes: {
        IX_model_calls_day: ['day_utc'],
        IX_model_calls_scope: ['scope_id'],
        IX_model_calls_analysis: ['analysis_id'],
      },
    }),
  ];
}
