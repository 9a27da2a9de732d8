import type { ClusterTokenPurpose } from '@alertagent/contracts';
import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { epochMs } from '../database/column-transformers';
import type { MigrationClass } from '../database/service-database';
import { columnsFor, table } from '../database/table-builder';

/** A machine token as this service knows it from events: its hash and what it is good for. */
export interface KnownClusterToken {
  tokenHash: string;
  tokenId: string;
  clusterId: string;
  clusterName: string;
  purpose: ClusterTokenPurpose;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const tableName = (service: string): string => `${service}_known_cluster_tokens`;

export function knownClusterTokensEntity(service: string): EntitySchema<KnownClusterToken> {
  return new EntitySchema<KnownClusterToken>({
    name: tableName(service),
    tableName: tableName(service),
    columns: {
      tokenHash: { name: 'token_hash', type: 'varchar', length: 64, primary: true },
      tokenId: { name: 'token_id', type: 'varchar', length: 36 },
      clusterId: { name: 'cluster_id', type: 'varchar', length: 36 },
      clusterName: { name: 'cluster_name', type: 'varchar', length: 100 },
      purpose: { type: 'varchar', length: 20 },
      expiresAt: { name: 'expires_at', type: 'bigint', nullable: true, transformer: epochMs },
      revokedAt: { name: 'revoked_at', type: 'bigint', nullable: true, transformer: epochMs },
    },
  });
}

export function knownClusterTokensMigration(service: string): MigrationClass {
  const migrationName = `KnownClusterTokens_${service}_1700000000001`;
  return class implements MigrationInterface {
    readonly name = migrationName;

    async up(queryRunner: QueryRunner): Promise<void> {
      const column = columnsFor(queryRunner);
      await queryRunner.createTable(
        table({
          name: tableName(service),
          columns: {
            token_hash: column.varchar(64),
            token_id: column.id(),
            cluster_id: column.id(),
            cluster_name: column.varchar(100),
            purpose: column.varchar(20),
            expires_at: column.time({ nullable: true }),
            revoked_at: column.time({ nullable: true }),
          },
          primaryKey: ['token_hash'],
        }),
        true,
      );
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.dropTable(tableName(service), true);
    }
  };
}
