import { columnsFor, table } from '@alertagent/service-kit';
import { TableIndex, type MigrationInterface, type QueryRunner, type Table, type TableColumn } from 'typeorm';

/** Turns between clusters at the inbox, quarantined alerts that know their format, and troubles of the intake. */
export class Intake1765000000001 implements MigrationInterface {
  readonly name = 'Intake1765000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('alert_inbox', byTurn());
    await queryRunner.dropIndex('alert_inbox', byAge());
    await queryRunner.addColumns('alert_quarantine', formatColumns(queryRunner));
    await queryRunner.createTable(troubles(queryRunner), true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('intake_troubles', true);
    await queryRunner.dropColumns('alert_quarantine', formatColumns(queryRunner));
    await queryRunner.createIndex('alert_inbox', byAge());
    await queryRunner.dropIndex('alert_inbox', byTurn());
  }
}

/** Finds the clusters with waiting webhooks, and the oldest of one cluster, without reading the others. */
const byTurn = (): TableIndex =>
  new TableIndex({ name: 'IX_alert_inbox_turn', columnNames: ['state', 'cluster_id', 'id'] });
const byAge = (): TableIndex => new TableIndex({ name: 'IX_alert_inbox_state', columnNames: ['state', 'id'] });

function formatColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  const optional = { nullable: true };
  return table({
    name: 'alert_quarantine',
    columns: {
      format: column.varchar(30, optional),
      source_id: column.id(optional),
      source_version: column.int(optional),
    },
    primaryKey: [],
  }).columns;
}

function troubles(queryRunner: QueryRunner): Table {
  const column = columnsFor(queryRunner);
  return table({
    name: 'intake_troubles',
    columns: { cluster_id: column.id(), kind: column.varchar(20), since: column.time(), seen_at: column.time() },
    primaryKey: ['cluster_id', 'kind'],
  });
}
