import { columnsFor, table } from '@alertagent/service-kit';
import { TableIndex, type MigrationInterface, type QueryRunner, type Table, type TableColumn } from 'typeorm';

/** Actions are approved, carried out, checked and taken back; suggestions are measured; decision policies have versions. */
export class Automation1767700000000 implements MigrationInterface {
  readonly name = 'Automation1767700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('automation_actions', actionColumns(queryRunner));
    await queryRunner.addColumns('decisions', decisionColumns(queryRunner));
    for (const index of actionIndexes()) await queryRunner.createIndex('automation_actions', index);
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    // The row that everything which begins or stops an action locks first.
    await queryRunner.query("INSERT INTO action_switches (action_type, engaged, claims) VALUES ('', 0, 0)");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
    for (const index of actionIndexes()) await queryRunner.dropIndex('automation_actions', index);
    await queryRunner.dropColumns('decisions', decisionColumns(queryRunner));
    await queryRunner.dropColumns('automation_actions', actionColumns(queryRunner));
  }
}

function actionColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({
    name: 'automation_actions',
    columns: {
      revision: column.int({ default: 0 }),
      origin: column.varchar(20, { nullable: true }),
      suggestion_id: column.id({ nullable: true }),
      requested_by_id: column.varchar(64, { nullable: true }),
      cluster: column.varchar(100, { nullable: true }),
      target_key: column.hash({ nullable: true }),
      plan: column.longtext({ nullable: true }),
      approval_hash: column.hash({ nullable: true }),
      approved_by: column.varchar(200, { nullable: true }),
      approved_by_id: column.varchar(64, { nullable: true }),
      expires_at: column.time({ nullable: true }),
      lease_token: column.varchar(36, { nullable: true }),
      due_at: column.time({ nullable: true }),
      attempts: column.int({ default: 0 }),
      execution_result: column.longtext({ nullable: true }),
      error_message: column.longtext({ nullable: true }),
      started_at: column.time({ nullable: true }),
      finished_at: column.time({ nullable: true }),
      check_until: column.time({ nullable: true }),
      steps: column.longtext({ nullable: true }),
      updated_at: column.time({ nullable: true }),
    },
    primaryKey: [],
  }).columns;
}

function decisionColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  return table({ name: 'decisions', columns: { rules: column.longtext({ nullable: true }) }, primaryKey: [] }).columns;
}

function actionIndexes(): TableIndex[] {
  return [
    new TableIndex({ name: 'IX_automation_actions_due', columnNames: ['due_at'] }),
    new TableIndex({ name: 'IX_automation_actions_status', columnNames: ['execution_status', 'id'] }),
    new TableIndex({ name: 'IX_automation_actions_begun', columnNames: ['action_type', 'started_at'] }),
  ];
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'action_switches',
      columns: {
        action_type: column.varchar(100),
        engaged: column.boolean(),
        claims: column.int(),
        reason: column.longtext({ nullable: true }),
        changed_by: column.varchar(200, { nullable: true }),
        changed_at: column.time({ nullable: true }),
      },
      primaryKey: ['action_type'],
    }),
    table({
      name: 'action_suggestions',
      columns: {
        id: column.id(),
        analysis_id: column.id(),
        incident_id: column.varchar(100, { nullable: true }),
        alert_id: column.varchar(100),
        rule: column.varchar(200),
        action_type: column.varchar(100),
        target: column.longtext({ nullable: true }),
        parameters: column.longtext({ nullable: true }),
        confidence: column.double({ nullable: true }),
        outlook: column.varchar(20),
        closed_gates: column.longtext(),
        reason: column.longtext(),
        action_id: column.id({ nullable: true }),
        was_right: column.boolean({ nullable: true }),
        shown_by: column.varchar(20, { nullable: true }),
        shown_at: column.time({ nullable: true }),
        created_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_action_suggestions_action: ['analysis_id', 'action_type'] },
      indexes: {
        IX_action_suggestions_record: ['rule', 'action_type', 'shown_at'],
        IX_action_suggestions_shown: ['shown_at'],
        IX_action_suggestions_incident: ['incident_id', 'id'],
      },
    }),
    table({
      name: 'decision_policies',
      columns: {
        id: column.id(),
        version: column.varchar(64),
        thresholds: column.longtext(),
        rules: column.longtext(),
        comment: column.longtext({ nullable: true }),
        created_by: column.varchar(200),
        created_at: column.time(),
      },
      primaryKey: ['id'],
    }),
  ];
}
