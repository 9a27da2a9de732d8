import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Alerts that fire at their source and are recorded as ended, for the auditor. */
export class EndedWhileFiring1765000000004 implements MigrationInterface {
  readonly name = 'EndedWhileFiring1765000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = columnsFor(queryRunner);
    const ended = table({
      name: 'ended_while_firing',
      columns: { cluster_id: column.id(), alerts: column.int(), alert_id: column.id(), seen_at: column.time() },
      primaryKey: ['cluster_id'],
    });
    await queryRunner.createTable(ended, true);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('ended_while_firing', true);
  }
}
