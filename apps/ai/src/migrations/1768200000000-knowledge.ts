import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner, Table } from 'typeorm';

/** What people know, to be found and cited, with its versions. */
export class Knowledge1768200000000 implements MigrationInterface {
  readonly name = 'Knowledge1768200000000';

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
      name: 'knowledge_documents',
      columns: {
        id: column.id(),
        source_key: column.varchar(300, { nullable: true }),
        kind: column.varchar(20),
        title: column.varchar(300),
        text: column.longtext(),
        owner: column.varchar(200, { nullable: true }),
        url: column.longtext({ nullable: true }),
        clusters: column.longtext(),
        alerts: column.longtext(),
        expires_at: column.time({ nullable: true }),
        version: column.int(),
        created_at: column.time(),
        updated_at: column.time(),
        updated_by: column.varchar(200),
        deleted_at: column.time({ nullable: true }),
      },
      primaryKey: ['id'],
      unique: { UQ_knowledge_documents_key: ['source_key'] },
      indexes: { IX_knowledge_documents_updated: ['updated_at', 'id'] },
    }),
    table({
      name: 'knowledge_versions',
      columns: {
        id: column.id(),
        document_id: column.id(),
        version: column.int(),
        title: column.varchar(300),
        text: column.longtext(),
        author: column.varchar(200),
        change_kind: column.varchar(20),
        created_at: column.time(),
      },
      primaryKey: ['id'],
      unique: { UQ_knowledge_versions_version: ['document_id', 'version'] },
    }),
  ];
}
