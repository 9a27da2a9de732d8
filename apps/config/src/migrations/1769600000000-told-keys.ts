import { columnsFor, table, type TableDescription } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, TableColumn } from 'typeorm';

/** Which signing keys members told that they go by, and in their history. */
export class ToldKeys1769600000000 implements MigrationInterface {
  readonly name = 'ToldKeys1769600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of added(queryRunner)) await queryRunner.addColumns(name, columns);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [name, columns] of added(queryRunner)) await queryRunner.dropColumns(name, columns);
  }
}

function added(queryRunner: QueryRunner): [string, TableColumn[]][] {
  const { hash } = columnsFor(queryRunner);
  const nullable = { nullable: true };
  const told = { trusted_key: hash(nullable), revision_key: hash(nullable) };
  const columnsOf = (name: string, columns: TableDescription['columns']): TableColumn[] =>
    table({ name, columns, primaryKey: [] }).columns;
  return [
    ['config_members', columnsOf('config_members', { ...told, set_key: hash(nullable) })],
    ['config_member_changes', columnsOf('config_member_changes', told)],
  ];
}
