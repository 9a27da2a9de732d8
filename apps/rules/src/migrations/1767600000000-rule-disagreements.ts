import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What promtool judges differently than we do. */
export class RuleDisagreements1767600000000 implements MigrationInterface {
  readonly name = 'RuleDisagreements1767600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = columnsFor(queryRunner);
    await queryRunner.createTable(
      table({
        name: 'rule_disagreements',
        columns: {
          id: column.id(),
          text_hash: column.hash(),
          source: column.varchar(20),
          rule_id: column.id({ nullable: true }),
          rule_version: column.int({ nullable: true }),
          promtool: column.varchar(40),
          valid: column.boolean(),
          reason: column.longtext(),
          text: column.longtext(),
          seen: column.int(),
          first_seen_at: column.time(),
          last_seen_at: column.time(),
        },
        primaryKey: ['id'],
        unique: { UQ_rule_disagreements_text: ['text_hash', 'promtool'] },
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('rule_disagreements');
  }
}
