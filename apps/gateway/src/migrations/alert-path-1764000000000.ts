import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** The tables of the alert path, from the webhook's inbox to incidents and what became of them. */
export class AlertPath1764000000000 implements MigrationInterface {
  readonly name = 'AlertPath1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const description of tables(queryRunner)) await queryRunner.createTable(description, true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables(queryRunner).reverse()) await queryRunner.dropTable(name, true);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  const optional = { nullable: true };
  return [
    table({
      name: 'alert_inbox',
      columns: {
        id: column.id(),
        cluster_id: column.id(),
        received_at: column.time(),
        alert_count: column.int(),
        good_count: column.int(),
        state: column.int(),
        attempts: column.int(),
        due_at: column.time(),
        processed_at: column.time(optional),
        last_error: column.varchar(255, optional),
        body: column.longtext(),
      },
      primaryKey: ['id'],
      indexes: {
        IX_alert_inbox_state: ['state', 'id'],
        // All the ledger reads of this table, without touching the bodies.
        IX_alert_inbox_cluster_id: ['cluster_id', 'state', 'alert_count'],
      },
    }),
    table({
      name: 'alerts',
      columns: {
        id: column.id(),
        episode_key: column.hash(),
        label_hash: column.hash(),
        cluster_id: column.id(),
        incident_id: column.id(optional),
        name: column.varchar(255),
        severity: column.varchar(100, optional),
        status: column.varchar(10),
        starts_at: column.varchar(64),
        starts_at_ms: column.time(),
        ends_at_ms: column.time(optional),
        received_at: column.time(),
        suppressed_by: column.varchar(255, optional),
        fingerprint: column.varchar(100, optional),
        truncated: column.boolean(),
        labels: column.longtext(),
        annotations: column.longtext(),
        generator_url: column.longtext(optional),
      },
      primaryKey: ['id'],
      unique: { UQ_alerts_episode_key: ['episode_key'] },
      indexes: {
        IX_alerts_label_hash: ['label_hash', 'starts_at_ms'],
        IX_alerts_incident_id: ['incident_id', 'id'],
        IX_alerts_name: ['name', 'id'],
      },
    }),
    table({
      name: 'incidents',
      columns: {
        id: column.id(),
        cluster_id: column.id(),
        group_key: column.hash(),
        open_key: column.varchar(64, optional),
        title: column.varchar(500),
        severity: column.varchar(100, optional),
        severity_rank: column.int(),
        status: column.varchar(10),
        group_labels: column.longtext(),
        alert_count: column.int(),
        firing_count: column.int(),
        opened_at: column.time(),
        last_alert_at: column.time(),
        resolved_at: column.time(optional),
        analysis: column.longtext(optional),
        analysis_at: column.time(optional),
        decision: column.longtext(optional),
        decision_at: column.time(optional),
      },
      primaryKey: ['id'],
      unique: { UQ_incidents_open_key: ['open_key'] },
      indexes: { IX_incidents_status: ['status', 'id'], IX_incidents_cluster_id: ['cluster_id', 'id'] },
    }),
    table({
      name: 'incident_timeline',
      columns: {
        id: column.id(),
        incident_id: column.id(),
        at: column.time(),
        kind: column.varchar(30),
        why: column.longtext(),
        alert_id: column.id(optional),
      },
      primaryKey: ['id'],
      indexes: { IX_incident_timeline_incident_id: ['incident_id', 'id'] },
    }),
    table({
      name: 'incident_escalations',
      columns: {
        id: column.id(),
        incident_id: column.id(),
        created_at: column.time(),
        escalation: column.longtext(),
      },
      primaryKey: ['id'],
      indexes: { IX_incident_escalations_incident_id: ['incident_id', 'id'] },
    }),
    table({
      name: 'alert_processing_records',
      columns: {
        inbox_id: column.id(),
        alert_index: column.int(),
        cluster_id: column.id(),
        disposition: column.varchar(12),
        event_status: column.varchar(10, optional),
        alert_id: column.id(optional),
        incident_id: column.id(optional),
        received_at: column.time(),
        processed_at: column.time(),
        why: column.longtext(),
        stages: column.longtext(),
      },
      primaryKey: ['inbox_id', 'alert_index'],
      indexes: {
        IX_alert_processing_records_cluster_id: ['cluster_id', 'disposition'],
        IX_alert_processing_records_alert_id: ['alert_id', 'inbox_id'],
      },
    }),
    table({
      name: 'alert_quarantine',
      columns: {
        id: column.id(),
        inbox_id: column.id(),
        alert_index: column.int(),
        cluster_id: column.id(),
        code: column.varchar(40),
        pointer: column.longtext(),
        detail: column.longtext(),
        raw: column.longtext(),
        received_at: column.time(),
        replayed_at: column.time(optional),
        replayed_as: column.id(optional),
      },
      primaryKey: ['id'],
      unique: { UQ_alert_quarantine_inbox_id: ['inbox_id', 'alert_index'] },
      indexes: { IX_alert_quarantine_cluster_id: ['cluster_id', 'id'] },
    }),
    table({
      name: 'known_clusters',
      columns: {
        id: column.id(),
        name: column.varchar(200),
        version: column.int(),
        retired_at: column.time(optional),
      },
      primaryKey: ['id'],
    }),
  ];
}
