import { TableIndex, type MigrationInterface, type QueryRunner } from 'typeorm';

const BY_GROUP_ONLY = { name: 'IX_rules_group_name', columnNames: ['group_name'] };

/** One for each order of the list of rules, and for filters that few rules pass; deleted ones lie apart in each. */
const INDEXES = [
  { name: 'IX_rules_by_creation', columnNames: ['deleted_at', 'id'] },
  { name: 'IX_rules_by_name', columnNames: ['deleted_at', 'name_folded', 'id'] },
  { name: 'IX_rules_by_update', columnNames: ['deleted_at', 'updated_at', 'id'] },
  { name: 'IX_rules_by_place', columnNames: ['deleted_at', 'namespace', 'group_name', 'position', 'id'] },
  { name: 'IX_rules_by_group', columnNames: ['deleted_at', 'group_name', 'id'] },
  { name: 'IX_rules_by_severity', columnNames: ['deleted_at', 'severity', 'id'] },
];

/** Lists of many rules. */
export class RuleLists1767700000000 implements MigrationInterface {
  readonly name = 'RuleLists1767700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const index of INDEXES) await queryRunner.createIndex('rules', new TableIndex(index));
    // SQLite would take the order of creation instead of it and look at every rule.
    await queryRunner.dropIndex('rules', BY_GROUP_ONLY.name);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.createIndex('rules', new TableIndex(BY_GROUP_ONLY));
    for (const { name } of INDEXES) await queryRunner.dropIndex('rules', name);
  }
}
