import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Analyses, the decisions they led to, escalations, requested actions, and the incidents this service has heard of. */
export class CreateAiTables1764100000000 implements MigrationInterface {
  readonly name = 'CreateAiTables1764100000000';

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
      name: 'ai_analysis_records',
      columns: {
        id: column.id(),
        incident_id: column.varchar(100, { nullable: true }),
        trigger_key: column.varchar(64),
        alert_id: column.varchar(100),
        cluster_id: column.varchar(100),
        cluster_name: column.varchar(200),
        alert: column.longtext(),
        context: column.longtext({ nullable: true }),
        workflow: column.varchar(200),
        workflow_reason: column.longtext(),
        engine: column.varchar(20, { nullable: true }),
        fallback_reason: column.longtext({ nullable: true }),
        status: column.varchar(20),
        attempts: column.int(),
        lease_token: column.varchar(36, { nullable: true }),
        due_at: column.time({ nullable: true }),
        deadline: column.time({ nullable: true }),
        result: column.longtext({ nullable: true }),
        error: column.longtext({ nullable: true }),
        report_hash: column.hash({ nullable: true }),
        created_at: column.time(),
        completed_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_ai_analysis_records_trigger: ['incident_id', 'trigger_key'] },
      indexes: {
        IX_ai_analysis_records_due: ['due_at'],
        IX_ai_analysis_records_alert: ['alert_id', 'id'],
        IX_ai_analysis_records_status: ['status', 'id'],
      },
    }),
    table({
      name: 'decisions',
      columns: {
        id: column.id(),
        analysis_id: column.id(),
        incident_id: column.varchar(100, { nullable: true }),
        action: column.varchar(30),
        reason: column.longtext(),
        priority: column.varchar(20),
        escalation_required: column.boolean(),
        target_team: column.varchar(200, { nullable: true }),
        policy_version: column.varchar(64),
        inputs: column.longtext(),
        thresholds: column.longtext(),
        decided_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_decisions_analysis: ['analysis_id'] },
      indexes: { IX_decisions_incident: ['incident_id', 'id'] },
    }),
    table({
      name: 'escalations',
      columns: {
        id: column.id(),
        request_key: column.hash(),
        alert_id: column.varchar(100),
        incident_id: column.varchar(100, { nullable: true }),
        escalation_type: column.varchar(100),
        target_team: column.varchar(200, { nullable: true }),
        priority: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        analysis: column.longtext({ nullable: true }),
        requested_by: column.varchar(200),
        created_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_escalations_request: ['request_key'] },
      indexes: { IX_escalations_incident: ['incident_id', 'id'], IX_escalations_alert: ['alert_id', 'id'] },
    }),
    table({
      name: 'automation_actions',
      columns: {
        id: column.id(),
        request_key: column.hash(),
        action_type: column.varchar(100),
        alert_id: column.varchar(100, { nullable: true }),
        incident_id: column.varchar(100, { nullable: true }),
        target: column.longtext({ nullable: true }),
        parameters: column.longtext({ nullable: true }),
        execution_status: column.varchar(30),
        dry_run: column.boolean(),
        reason: column.longtext({ nullable: true }),
        requested_by: column.varchar(200),
        created_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_automation_actions_request: ['request_key'] },
      indexes: {
        IX_automation_actions_incident: ['incident_id', 'id'],
        IX_automation_actions_alert: ['alert_id', 'id'],
      },
    }),
    table({
      name: 'known_incidents',
      columns: {
        id: column.varchar(100),
        cluster_id: column.varchar(100),
        title: column.longtext(),
        alert_name: column.varchar(200),
        severity: column.varchar(200, { nullable: true }),
        labels: column.longtext(),
        opened_at: column.time(),
        resolved_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      indexes: {
        IX_known_incidents_alert_name: ['alert_name', 'opened_at'],
        IX_known_incidents_cluster: ['cluster_id', 'opened_at'],
      },
    }),
  ];
}
