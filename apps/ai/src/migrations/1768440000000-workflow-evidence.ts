import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a workflow was given when it was started, to hold its claims against. */
export class WorkflowEvidence1768440000000 implements MigrationInterface {
  readonly name = 'WorkflowEvidence1768440000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = columnsFor(queryRunner);
    const columns = { analysis_id: column.id(), items: column.longtext(), created_at: column.time() };
    await queryRunner.createTable(table({ name: 'workflow_evidence', columns, primaryKey: ['analysis_id'] }));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('workflow_evidence');
  }
}
