import { columnsFor, table } from '@alertagent/service-kit';
import { TableIndex, type MigrationInterface, type QueryRunner, type Table, type TableColumn } from 'typeorm';

/**
 * Policies, suppressions and what decisions were based on. Everything is added, with defaults or nullable: a gateway of the version
 * before goes on working beside the new tables.
 */
export class SmartGateway1765000000000 implements MigrationInterface {
  readonly name = 'SmartGateway1765000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const { name, columns, indexes } of additions(queryRunner)) {
      await queryRunner.addColumns(name, columns);
      for (const index of indexes) await queryRunner.createIndex(name, index);
    }
    for (const description of tables(queryRunner)) await queryRunner.createTable(description, true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { name } of tables(queryRunner).reverse()) await queryRunner.dropTable(name, true);
    for (const { name, columns, indexes } of additions(queryRunner)) {
      for (const index of indexes) await queryRunner.dropIndex(name, index);
      await queryRunner.dropColumns(name, columns);
    }
  }
}

interface Addition {
  name: string;
  columns: TableColumn[];
  indexes: TableIndex[];
}

/** What existing tables gain. */
function additions(queryRunner: QueryRunner): Addition[] {
  const column = columnsFor(queryRunner);
  const optional = { nullable: true };
  const off = { default: false };
  const descriptions: Parameters<typeof table>[0][] = [
    {
      name: 'alert_inbox',
      columns: {
        // Null is Alertmanager's own format.
        format: column.varchar(30, optional),
        source_id: column.id(optional),
        source_version: column.int(optional),
      },
      primaryKey: [],
    },
    {
      name: 'alerts',
      columns: {
        replica: column.varchar(255, optional),
        rule_id: column.id(optional),
        rule_version: column.int(optional),
        changes: column.longtext(optional),
        flapping: column.boolean(off),
        last_seen_at: column.time(optional),
        ended_by: column.varchar(20, optional),
      },
      primaryKey: [],
      indexes: {
        IX_alerts_cluster_id: ['cluster_id', 'status', 'id'],
        IX_alerts_suppressed_by: ['suppressed_by', 'status', 'id'],
        IX_alerts_status: ['status', 'id'],
      },
    },
    {
      name: 'incidents',
      columns: {
        policy_version: column.int({ default: 0 }),
        convergence: column.varchar(100, optional),
        scope_key: column.hash(optional),
        text: column.longtext(optional),
        priority: column.int({ default: 3 }),
        priority_factors: column.longtext(optional),
        routes: column.longtext(optional),
        breakdown: column.longtext(optional),
        burst_from: column.time(optional),
        burst_count: column.int({ default: 0 }),
        storm_at: column.time(optional),
        flapping: column.boolean(off),
        settle_at: column.time(optional),
        rule_id: column.id(optional),
        rule_version: column.int(optional),
        acknowledged_by: column.varchar(200, optional),
        acknowledged_at: column.time(optional),
        acknowledged_until: column.time(optional),
        snoozed_until: column.time(optional),
        merged_into: column.id(optional),
      },
      primaryKey: [],
      indexes: {
        IX_incidents_scope_key: ['scope_key', 'last_alert_at'],
        IX_incidents_settle_at: ['settle_at'],
        IX_incidents_acknowledged_until: ['acknowledged_until'],
        IX_incidents_merged_into: ['merged_into'],
        IX_incidents_rule_id: ['rule_id', 'status'],
        IX_incidents_group_key: ['group_key', 'opened_at'],
        IX_incidents_priority: ['priority', 'id'],
      },
    },
    {
      name: 'alert_processing_records',
      columns: { policy_version: column.int({ default: 0 }), facts: column.longtext(optional) },
      primaryKey: [],
    },
  ];
  return descriptions.map((description) => {
    const { name, columns, indices } = table(description);
    return { name, columns, indexes: indices };
  });
}

/** What is new. */
function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  const optional = { nullable: true };
  return [
    table({
      name: 'policy_versions',
      columns: {
        version: column.int(),
        hash: column.hash(),
        document: column.longtext(),
        author: column.varchar(200),
        reason: column.longtext(),
        created_at: column.time(),
      },
      primaryKey: ['version'],
    }),
    table({
      name: 'suppressions',
      columns: {
        id: column.id(),
        name: column.varchar(255),
        kind: column.varchar(20),
        definition: column.longtext(),
        owner: column.varchar(200),
        reason: column.longtext(),
        enabled: column.boolean({ default: true }),
        starts_at: column.time(),
        ends_at: column.time(optional),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        deleted_at: column.time(optional),
      },
      primaryKey: ['id'],
      indexes: { IX_suppressions_deleted_at: ['deleted_at', 'id'], IX_suppressions_ends_at: ['ends_at'] },
    }),
    table({
      // Firing alerts that inhibit or hide others, by what both sides must share.
      name: 'alert_markers',
      columns: { marker_key: column.hash(), alert_id: column.id(), suppression_id: column.id() },
      primaryKey: ['marker_key', 'alert_id'],
      indexes: { IX_alert_markers_alert_id: ['alert_id'] },
    }),
    table({
      name: 'rate_cap_counts',
      columns: { cap_key: column.hash(), bucket: column.time(), alerts: column.int() },
      primaryKey: ['cap_key', 'bucket'],
      indexes: { IX_rate_cap_counts_bucket: ['bucket'] },
    }),
    table({
      name: 'incident_notes',
      columns: {
        id: column.id(),
        incident_id: column.id(),
        author: column.varchar(200),
        text: column.longtext(),
        created_at: column.time(),
        updated_at: column.time(optional),
      },
      primaryKey: ['id'],
      indexes: { IX_incident_notes_incident_id: ['incident_id', 'id'] },
    }),
    table({
      name: 'rule_changes',
      columns: {
        rule_id: column.id(),
        version: column.int(),
        kind: column.varchar(20),
        changed_at: column.time(),
      },
      primaryKey: ['rule_id', 'version'],
    }),
    table({
      name: 'alert_sources',
      columns: {
        id: column.id(),
        name: column.varchar(200),
        cluster_id: column.id(),
        format: column.varchar(30),
        mapping: column.longtext(optional),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        deleted_at: column.time(optional),
      },
      primaryKey: ['id'],
      indexes: { IX_alert_sources_cluster_id: ['cluster_id', 'id'] },
    }),
    table({
      // Never changed: a stored webhook is read with the mapping of its time.
      name: 'alert_source_versions',
      columns: {
        source_id: column.id(),
        version: column.int(),
        format: column.varchar(30),
        mapping: column.longtext(optional),
      },
      primaryKey: ['source_id', 'version'],
    }),
    table({
      name: 'alert_volumes',
      columns: {
        bucket: column.time(),
        cluster_id: column.id(),
        disposition: column.varchar(12),
        severity: column.varchar(20),
        alerts: column.int(),
      },
      primaryKey: ['bucket', 'cluster_id', 'disposition', 'severity'],
    }),
    table({
      // What retention took out of the tables, so that the ledger still adds up.
      name: 'ledger_archive',
      columns: { cluster_id: column.id(), disposition: column.varchar(12), alerts: column.bigint() },
      primaryKey: ['cluster_id', 'disposition'],
    }),
    table({
      name: 'gateway_findings',
      columns: {
        id: column.id(),
        kind: column.varchar(30),
        subject: column.varchar(100),
        detail: column.longtext(),
        found_at: column.time(),
        cleared_at: column.time(optional),
        // Of open findings only, so that two gateways cannot raise the same one.
        open_key: column.varchar(150, optional),
      },
      primaryKey: ['id'],
      indexes: { IX_gateway_findings_cleared_at: ['cleared_at', 'id'] },
      unique: { UQ_gateway_findings_open_key: ['open_key'] },
    }),
  ];
}
