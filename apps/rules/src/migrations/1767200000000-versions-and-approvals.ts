import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** Why versions were made, and which of them a second person has to approve before they are distributed. */
export class VersionsAndApprovals1767200000000 implements MigrationInterface {
  readonly name = 'VersionsAndApprovals1767200000000';

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
      name: 'rule_version_notes',
      columns: {
        rule_id: column.id(),
        version: column.int(),
        reason: column.longtext({ nullable: true }),
        restores: column.int({ nullable: true }),
        content_hash: column.hash(),
        audit_seq: column.bigint(),
        created_at: column.time(),
      },
      primaryKey: ['rule_id', 'version'],
    }),
    table({
      name: 'approval_policies',
      columns: {
        id: column.id(),
        name: column.varchar(100),
        owner: column.varchar(200, { nullable: true }),
        matchers: column.longtext(),
        approver_role: column.varchar(20),
        enabled: column.boolean(),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_approval_policies_name: ['name'] },
    }),
    table({
      name: 'rule_approvals',
      columns: {
        id: column.id(),
        rule_id: column.id(),
        rule_name: column.varchar(200),
        version: column.int(),
        content_hash: column.hash(),
        change_kind: column.varchar(20),
        state: column.varchar(20),
        open_rule_id: column.id({ nullable: true }),
        placed_version: column.int({ nullable: true }),
        placed_rule: column.longtext({ nullable: true }),
        authors: column.longtext(),
        reason: column.longtext({ nullable: true }),
        policies: column.longtext(),
        approver_role: column.varchar(20),
        requested_at: column.time(),
        decided_by: column.varchar(200, { nullable: true }),
        decided_at: column.time({ nullable: true }),
        decision_reason: column.longtext({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_approvals_open: ['open_rule_id'] },
      indexes: {
        IX_rule_approvals_rule: ['rule_id'],
        IX_rule_approvals_state: ['state'],
      },
    }),
  ];
}
