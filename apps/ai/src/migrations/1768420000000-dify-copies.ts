import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** What Dify is to be told of people's opinions, and which of the documents it has. */
export class DifyCopies1768420000000 implements MigrationInterface {
  readonly name = 'DifyCopies1768420000000';

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
      name: 'dify_feedback',
      columns: {
        analysis_id: column.id(),
        message_id: column.varchar(100),
        wanted: column.int(),
        told: column.int(),
        due_at: column.time({ nullable: true }),
        failures: column.int(),
        error: column.longtext({ nullable: true }),
      },
      primaryKey: ['analysis_id'],
      indexes: { IX_dify_feedback_due: ['due_at'] },
    }),
    table({
      name: 'dify_documents',
      columns: {
        dataset_id: column.id(),
        document_id: column.id(),
        dify_id: column.varchar(100, { nullable: true }),
        batch: column.varchar(100, { nullable: true }),
        state: column.varchar(20),
        version: column.int(),
        due_at: column.time(),
        failures: column.int(),
        error: column.longtext({ nullable: true }),
      },
      primaryKey: ['dataset_id', 'document_id'],
    }),
  ];
}
