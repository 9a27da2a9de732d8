import { columnsFor, table } from '@alertagent/service-kit';
import { TableIndex, type MigrationInterface, type QueryRunner, type Table } from 'typeorm';

/** What people think of analyses; and reports look for what ended in a week. */
export class Feedback1768300000000 implements MigrationInterface {
  readonly name = 'Feedback1768300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createTable(feedbackTable(queryRunner));
    for (const [name, index] of REPORT_INDEXES) await queryRunner.createIndex(name, index);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, index] of REPORT_INDEXES) await queryRunner.dropIndex(name, index);
    await queryRunner.dropTable('analysis_feedback');
  }
}

const REPORT_INDEXES: readonly (readonly [string, TableIndex])[] = [
  ['ai_analysis_records', new TableIndex({ name: 'IX_ai_analysis_records_completed', columnNames: ['completed_at'] })],
  ['known_incidents', new TableIndex({ name: 'IX_known_incidents_resolved', columnNames: ['resolved_at'] })],
];

function feedbackTable(queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: 'analysis_feedback',
    columns: {
      id: column.id(),
      analysis_id: column.id(),
      incident_id: column.varchar(100, { nullable: true }),
      rating: column.varchar(10),
      correction: column.longtext({ nullable: true }),
      person_id: column.varchar(64),
      person: column.varchar(200),
      created_at: column.time(),
      updated_at: column.time(),
    },
    primaryKey: ['id'],
    unique: { UQ_analysis_feedback_person: ['analysis_id', 'person_id'] },
    indexes: { IX_analysis_feedback_updated: ['updated_at'] },
  });
}
