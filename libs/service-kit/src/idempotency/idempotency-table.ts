import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { epochMs } from '../database/column-transformers';
import type { MigrationClass } from '../database/service-database';
import { columnsFor, table } from '../database/table-builder';

/** A request that came with an Idempotency-Key, and its answer once there is one. */
export interface IdempotentRequest {
  /** SHA-256 hex over who asked, for what, with which key. */
  id: string;
  /** SHA-256 hex of the body: another body under the same key is another request. */
  requestHash: string;
  /** The answer, sealed; null while the request is under way. */
  answer: string | null;
  createdAt: Date;
}

const tableName = (service: string): string => `${service}_idempotency_keys`;

/** The entity, for the definition of a service that takes Idempotency-Keys. */
export function idempotencyKeysEntity(service: string): EntitySchema<IdempotentRequest> {
  const name = tableName(service);
  return new EntitySchema<IdempotentRequest>({
    name,
    tableName: name,
    columns: {
      id: { type: 'varchar', length: 64, primary: true },
      requestHash: { name: 'request_hash', type: 'varchar', length: 64 },
      answer: { type: 'longtext', nullable: true },
      createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    },
    indices: [{ name: `IX_${name}_created_at`, columns: ['createdAt'] }],
  });
}

/** The migration that creates the table, for the same definition. */
export function idempotencyKeysMigration(service: string): MigrationClass {
  return class implements MigrationInterface {
    readonly name = `IdempotencyKeys_${service}_1765100000000`;

    async up(queryRunner: QueryRunner): Promise<void> {
      const column = columnsFor(queryRunner);
      const name = tableName(service);
      await queryRunner.createTable(
        table({
          name,
          columns: {
            id: column.varchar(64),
            request_hash: column.varchar(64),
            answer: column.longtext({ nullable: true }),
            created_at: column.time(),
          },
          primaryKey: ['id'],
          indexes: { [`IX_${name}_created_at`]: ['created_at'] },
        }),
      );
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      await queryRunner.dropTable(tableName(service));
    }
  };
}
