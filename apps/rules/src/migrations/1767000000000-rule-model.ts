import { createHash } from 'node:crypto';
import { columnsFor, table } from '@alertagent/service-kit';
import { TableColumn, type MigrationInterface, type QueryRunner, type Table } from 'typeorm';

/** Recording rules, namespaces, order, owners, parameters and overrides; groups of their own; batches; what members run. */
export class RuleModel1767000000000 implements MigrationInterface {
  readonly name = 'RuleModel1767000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.addColumns('rules', ruleColumns(queryRunner));
    await queryRunner.addColumns('rule_cluster_members', memberColumns(queryRunner));
    for (const each of tables(queryRunner)) await queryRunner.createTable(each);
    await fillRules(queryRunner);
    await fillGroups(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const each of tables(queryRunner).reverse()) await queryRunner.dropTable(each.name);
    await queryRunner.dropColumns('rule_cluster_members', memberColumns(queryRunner));
    await queryRunner.dropColumns('rules', ruleColumns(queryRunner));
  }
}

function ruleColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  const columns = {
    kind: column.varchar(20, { nullable: true }),
    namespace: column.varchar(200, { nullable: true }),
    position: column.int({ default: 0 }),
    owner: column.varchar(100, { nullable: true }),
    runbook: column.varchar(1000, { nullable: true }),
    description: column.longtext({ nullable: true }),
    enabled: column.boolean({ default: true }),
    parameters: column.longtext({ nullable: true }),
    overrides: column.longtext({ nullable: true }),
    duplicate_no: column.int({ default: 0 }),
    search_text: column.longtext({ nullable: true }),
  };
  return table({ name: 'rules', columns, primaryKey: [] }).columns;
}

function memberColumns(queryRunner: QueryRunner): TableColumn[] {
  const column = columnsFor(queryRunner);
  const columns = {
    program: column.varchar(20, { nullable: true }),
    program_version: column.varchar(100, { nullable: true }),
  };
  return table({ name: 'rule_cluster_members', columns, primaryKey: [] }).columns;
}

function tables(queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  return [
    table({
      name: 'rule_groups',
      columns: {
        id: column.id(),
        name_key: column.hash(),
        namespace: column.varchar(200),
        name: column.varchar(200),
        eval_interval: column.varchar(50, { nullable: true }),
        series_limit: column.int({ nullable: true }),
        query_offset: column.varchar(50, { nullable: true }),
        labels: column.longtext(),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_rule_groups_name_key: ['name_key'] },
    }),
    table({
      name: 'rule_batches',
      columns: {
        id: column.id(),
        operation: column.varchar(20),
        terms: column.longtext(),
        actor: column.longtext(),
        reason: column.varchar(500, { nullable: true }),
        total: column.int(),
        created_at: column.time(),
        finished_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      indexes: { IX_rule_batches_finished: ['finished_at'] },
    }),
    table({
      name: 'rule_batch_items',
      columns: {
        batch_id: column.id(),
        position: column.int(),
        rule_id: column.id(),
        status: column.varchar(20),
        version: column.int({ nullable: true }),
        error: column.longtext({ nullable: true }),
      },
      primaryKey: ['batch_id', 'position'],
      indexes: { IX_rule_batch_items_status: ['batch_id', 'status', 'position'] },
    }),
  ];
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex');

interface FormerRule {
  id: string;
  name_key: string | null;
  group_name: string;
  name: string;
  severity: string | null;
  labels: string;
  annotations: string;
  expression: string;
}

/** What makes a rule unique counts its severity and labels now, and the text that is searched is kept beside it. */
async function fillRules(queryRunner: QueryRunner): Promise<void> {
  const rules = (await queryRunner.query(
    'SELECT id, name_key, group_name, name, severity, labels, annotations, expression FROM rules',
  )) as FormerRule[];
  for (const rule of rules) {
    const labels = Object.entries(JSON.parse(rule.labels) as Record<string, string>).sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    const key = hashOf(['', rule.group_name, 'alerting', rule.name, rule.severity, labels, 0]);
    const texts = [rule.name, rule.expression, ...pairs(rule.labels), ...pairs(rule.annotations)];
    await queryRunner.query('UPDATE rules SET name_key = ?, search_text = ?, kind = ?, namespace = ? WHERE id = ?', [
      rule.name_key === null ? null : key,
      texts.join('\n').toLowerCase(),
      'alerting',
      '',
      rule.id,
    ]);
  }
}

const pairs = (json: string): string[] => Object.entries(JSON.parse(json) as Record<string, string>).flat();

/** Each group that has rules becomes one of its own; its id is made of its name, and so is the same wherever this runs. */
async function fillGroups(queryRunner: QueryRunner): Promise<void> {
  const groups = (await queryRunner.query(
    'SELECT group_name, MIN(created_at) AS created_at FROM rules WHERE deleted_at IS NULL GROUP BY group_name',
  )) as { group_name: string; created_at: number | string }[];
  for (const { group_name: name, created_at } of groups) {
    const id = hashOf(['rule group', name]).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
    await queryRunner.query(
      'INSERT INTO rule_groups (id, name_key, namespace, name, labels, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      [id, hashOf(name), '', name, '{}', 1, created_at, created_at],
    );
  }
}
