import { epochMs, type MigrationClass, columnsFor, table } from '@alertagent/service-kit';
import type { CallbackPurpose, Role } from '@alertagent/service-kit';
import { Column, Entity, Index, PrimaryColumn, type MigrationInterface, type QueryRunner } from 'typeorm';

/** A person's or a workflow's token; only its hash is kept. Exactly one of `role` and `purpose` is set. */
@Entity('api_tokens')
@Index('UQ_api_tokens_token_hash', ['tokenHash'], { unique: true })
export class ApiToken {
  @PrimaryColumn({ type: 'varchar', length: 36 }) id!: string;
  @Column({ type: 'varchar', length: 200 }) name!: string;
  @Column({ type: 'varchar', length: 20, nullable: true }) role!: Role | null;
  @Column({ type: 'varchar', length: 20, nullable: true }) purpose!: CallbackPurpose | null;
  @Column({ name: 'token_hash', type: 'varchar', length: 64 }) tokenHash!: string;
  @Column({ name: 'created_by', type: 'varchar', length: 200 }) createdBy!: string;
  @Column({ name: 'created_at', type: 'bigint', transformer: epochMs }) createdAt!: Date;
  @Column({ name: 'expires_at', type: 'bigint', nullable: true, transformer: epochMs }) expiresAt!: Date | null;
  @Column({ name: 'revoked_at', type: 'bigint', nullable: true, transformer: epochMs }) revokedAt!: Date | null;
  @Column({ name: 'last_used_at', type: 'bigint', nullable: true, transformer: epochMs }) lastUsedAt!: Date | null;
}

export const ApiTokensMigration: MigrationClass = class ApiTokens1763800000000 implements MigrationInterface {
  readonly name = 'ApiTokens1763800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = columnsFor(queryRunner);
    await queryRunner.createTable(
      table({
        name: 'api_tokens',
        columns: {
          id: column.id(),
          name: column.varchar(200),
          role: column.varchar(20, { nullable: true }),
          purpose: column.varchar(20, { nullable: true }),
          token_hash: column.varchar(64),
          created_by: column.varchar(200),
          created_at: column.time(),
          expires_at: column.time({ nullable: true }),
          revoked_at: column.time({ nullable: true }),
          last_used_at: column.time({ nullable: true }),
        },
        primaryKey: ['id'],
        unique: { UQ_api_tokens_token_hash: ['token_hash'] },
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('api_tokens');
  }
};
