import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

/** Lists over a long history: of the alerts with a severity that few have. */
export class Lists1765000000002 implements MigrationInterface {
  readonly name = 'Lists1765000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('alerts', bySeverity());
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropIndex('alerts', bySeverity());
  }
}

const bySeverity = (): TableIndex => new TableIndex({ name: 'IX_alerts_severity', columnNames: ['severity', 'id'] });
