import { columnsFor, table } from '@alertagent/service-kit';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions, which of them is served, the key they are signed with, and the members that report on them. */
export class CreateConfigTables1764000000000 implements MigrationInterface {
  readonly name = 'CreateConfigTables1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { id, hash, varchar, longtext, int, time, boolean } = columnsFor(queryRunner);
    await queryRunner.createTable(
      table({
        name: 'config_revisions',
        columns: {
          id: id(),
          cluster_id: id(),
          type: varchar(30),
          revision: int(),
          status: varchar(20),
          reason: varchar(2000, { nullable: true }),
          content: longtext(),
          hash: hash(),
          bytes: int(),
          rules: int(),
          manifest: longtext(),
          empty_confirmed: boolean(),
          signature: varchar(128, { nullable: true }),
          key_id: id({ nullable: true }),
          created_at: time(),
        },
        primaryKey: ['id'],
        unique: { UQ_config_revisions_number: ['cluster_id', 'type', 'revision'] },
        indexes: { IX_config_revisions_listing: ['cluster_id', 'id'] },
      }),
    );
    await queryRunner.createTable(
      table({
        name: 'config_heads',
        columns: {
          cluster_id: id(),
          type: varchar(30),
          revision: int(),
          revision_id: id({ nullable: true }),
          last_revision: int(),
          changed_at: time(),
          retired_at: time({ nullable: true }),
        },
        primaryKey: ['cluster_id', 'type'],
      }),
    );
    await queryRunner.createTable(
      table({
        name: 'config_signing_keys',
        columns: { id: id(), slot: varchar(36), public_key: varchar(255), private_key: longtext(), created_at: time() },
        primaryKey: ['id'],
        unique: { UQ_config_signing_keys_slot: ['slot'] },
      }),
    );
    await queryRunner.createTable(
      table({
        name: 'config_members',
        columns: {
          id: id(),
          cluster_id: id(),
          type: varchar(30),
          member: varchar(200),
          member_hash: hash(),
          state: varchar(20),
          revision: int({ nullable: true }),
          hash: hash({ nullable: true }),
          report_hash: hash(),
          last_seen: time(),
          last_emitted: time(),
        },
        primaryKey: ['id'],
        unique: { UQ_config_members_member: ['cluster_id', 'type', 'member_hash'] },
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['config_members', 'config_signing_keys', 'config_heads', 'config_revisions']) {
      await queryRunner.dropTable(name);
    }
  }
}
