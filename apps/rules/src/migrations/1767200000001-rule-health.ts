import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** What members showed of rules, what sources said about their series, and what a sweep found wrong. */
export class RuleHealth1767200000001 implements MigrationInterface {
  readonly name = 'RuleHealth1767200000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await queryRunner.query("INSERT INTO rule_sweeps (id, lease_until, gateway_reason) VALUES (1, 0, '')");
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
  }
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'rule_observations',
      columns: {
        cluster_id: column.id(),
        member: column.varchar(200),
        rule_id: column.id(),
        rule_version: column.int({ nullable: true }),
        is_failing: column.boolean(),
        reason: column.longtext({ nullable: true }),
        evaluation_seconds: column.double({ nullable: true }),
        group_seconds: column.double({ nullable: true }),
        interval_seconds: column.double({ nullable: true }),
        firing_since: column.time({ nullable: true }),
        last_fired_at: column.time({ nullable: true }),
        since_at: column.time(),
        seen_at: column.time(),
      },
      primaryKey: ['cluster_id', 'member', 'rule_id'],
    }),
    table({
      name: 'rule_findings',
      columns: {
        id: column.id(),
        rule_id: column.id(),
        cluster_id: column.id(),
        finding: column.varchar(20),
        rule_name: column.varchar(200),
        owner: column.varchar(200, { nullable: true }),
        detail: column.longtext(),
        since_at: column.time(),
        looked_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_findings_what: ['cluster_id', 'rule_id', 'finding'] },
      indexes: { IX_rule_findings_rule: ['rule_id'] },
    }),
    table({
      name: 'rule_series_looks',
      columns: {
        cluster_id: column.id(),
        rule_id: column.id(),
        version: column.int(),
        missing: column.longtext(),
        looked_at: column.time(),
      },
      primaryKey: ['cluster_id', 'rule_id'],
    }),
    table({
      name: 'rule_sources',
      columns: {
        cluster_id: column.id(),
        outcome: column.varchar(20),
        reason: column.longtext({ nullable: true }),
        looked_at: column.time(),
      },
      primaryKey: ['cluster_id'],
    }),
    table({
      name: 'rule_sweeps',
      columns: {
        id: column.int(),
        lease_until: column.time(),
        swept_at: column.time({ nullable: true }),
        gateway_reason: column.varchar(1000),
      },
      primaryKey: ['id'],
    }),
  ];
}
