import { columnsFor, table } from '@alertagent/service-kit';
import { TableIndex, type MigrationInterface, type QueryRunner, type Table, type TableColumn } from 'typeorm';

/** Analyses wait in lanes, what a workflow never did is kept to be replayed, and a replayed analysis may be decided on once more. */
export class DeadLetters1768410000000 implements MigrationInterface {
  readonly name = 'DeadLetters1768410000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('ai_analysis_records', analysisColumns(queryRunner));
    await queryRunner.addColumns('decisions', decisionColumns(queryRunner));
    // The new one first: until then nothing may keep an analysis from being decided on twice.
    await queryRunner.createIndex('decisions', byRun());
    await queryRunner.dropIndex('decisions', byAnalysis());
    await queryRunner.createIndex('ai_analysis_records', byLane());
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await queryRunner.query(
      "UPDATE ai_analysis_records SET lane = workflow WHERE due_at IS NOT NULL AND (engine IS NULL OR engine = 'n8n')",
    );
    await queryRunner.query("INSERT INTO analysis_lanes (lane, claims) VALUES ('', 0)");
    await queryRunner.query(
      "INSERT INTO analysis_lanes (lane, claims) SELECT DISTINCT lane, 0 FROM ai_analysis_records WHERE lane <> ''",
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
    await queryRunner.dropIndex('ai_analysis_records', byLane());
    await queryRunner.query('DELETE FROM decisions WHERE run > 0');
    await queryRunner.createIndex('decisions', byAnalysis());
    await queryRunner.dropIndex('decisions', byRun());
    await queryRunner.dropColumns('decisions', decisionColumns(queryRunner));
    await queryRunner.dropColumns('ai_analysis_records', analysisColumns(queryRunner));
  }
}

const byRun = (): TableIndex =>
  new TableIndex({ name: 'UQ_decisions_run', columnNames: ['analysis_id', 'run'], isUnique: true });
const byAnalysis = (): TableIndex =>
  new TableIndex({ name: 'UQ_decisions_analysis', columnNames: ['analysis_id'], isUnique: true });
const byLane = (): TableIndex =>
  new TableIndex({ name: 'IX_ai_analysis_records_lane', columnNames: ['lane', 'status', 'due_at'] });

function analysisColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  const columns = { lane: { ...column.varchar(200), default: "''" }, replays: column.int({ default: 0 }) };
  return table({ name: 'ai_analysis_records', columns, primaryKey: [] }).columns;
}

function decisionColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({ name: 'decisions', columns: { run: column.int({ default: 0 }) }, primaryKey: [] }).columns;
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'analysis_lanes',
      columns: { lane: column.varchar(200), claims: column.int() },
      primaryKey: ['lane'],
    }),
    table({
      name: 'dead_letters',
      columns: {
        id: column.id(),
        analysis_id: column.id(),
        incident_id: column.varchar(100, { nullable: true }),
        alert_id: column.varchar(100),
        workflow: column.varchar(200),
        kind: column.varchar(20),
        reason: column.longtext(),
        attempts: column.int(),
        last_error: column.longtext({ nullable: true }),
        created_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_dead_letters_analysis: ['analysis_id'] },
      indexes: { IX_dead_letters_workflow: ['workflow', 'id'], IX_dead_letters_kind: ['kind', 'id'] },
    }),
  ];
}
