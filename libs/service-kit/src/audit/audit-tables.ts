import { EntitySchema, type QueryRunner, type Table } from 'typeorm';
import { bigintNumber, epochMs } from '../database/column-transformers';
import { columnsFor, table } from '../database/table-builder';

/** What the first entry names as the hash before it. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** One audited change as it is stored. The JSON columns keep the exact text the hash was made over. */
export interface AuditRow {
  /** 1, 2, 3, … without gaps, per service. */
  seq: number;
  id: string;
  at: Date;
  actor: string;
  action: string;
  resourceType: string;
  resourceId: string;
  before: string | null;
  after: string | null;
  correlationId: string | null;
  /** Hash of the entry before; 64 zeros for the first. */
  prevHash: string;
  hash: string;
}

/** Where the chain ends: a missing tail shows here, and the row's lock puts concurrent writers in a line. */
export interface AuditHeadRow {
  /** Always 1. */
  id: number;
  seq: number;
  hash: string;
}

export const auditTableName = (service: string): string => `${service}_audit_log`;
export const auditHeadTableName = (service: string): string => `${service}_audit_head`;

export function auditLogEntity(service: string): EntitySchema<AuditRow> {
  const tableName = auditTableName(service);
  return new EntitySchema<AuditRow>({
    name: tableName,
    tableName,
    columns: {
      seq: { type: 'bigint', primary: true, transformer: bigintNumber },
      id: { type: 'varchar', length: 36 },
      at: { type: 'bigint', transformer: epochMs },
      actor: { type: 'varchar', length: 2000 },
      action: { type: 'varchar', length: 64 },
      resourceType: { name: 'resource_type', type: 'varchar', length: 64 },
      resourceId: { name: 'resource_id', type: 'varchar', length: 128 },
      before: { name: 'before_json', type: 'longtext', nullable: true },
      after: { name: 'after_json', type: 'longtext', nullable: true },
      correlationId: { name: 'correlation_id', type: 'varchar', length: 128, nullable: true },
      prevHash: { name: 'prev_hash', type: 'varchar', length: 64 },
      hash: { type: 'varchar', length: 64 },
    },
    indices: [{ name: `IX_${tableName}_resource`, columns: ['resourceType', 'resourceId'] }],
  });
}

export function auditHeadEntity(service: string): EntitySchema<AuditHeadRow> {
  return new EntitySchema<AuditHeadRow>({
    name: auditHeadTableName(service),
    tableName: auditHeadTableName(service),
    columns: {
      id: { type: 'int', primary: true },
      seq: { type: 'bigint', transformer: bigintNumber },
      hash: { type: 'varchar', length: 64 },
    },
  });
}

/** The empty chain. Made by the migration: a head row that appears later would mean that somebody removed the first one. */
export async function seedAuditHead(service: string, queryRunner: QueryRunner): Promise<void> {
  const heads = await queryRunner.manager.count(auditHeadEntity(service));
  if (heads === 0)
    await queryRunner.manager.insert(auditHeadEntity(service), { id: 1, seq: 0, hash: FIRST_PREVIOUS_HASH });
}

export function auditEntities(service: string): EntitySchema<object>[] {
  return [auditLogEntity(service), auditHeadEntity(service)];
}

export function auditTables(service: string, queryRunner: QueryRunner): Table[] {
  const column = columnsFor(queryRunner);
  const name = auditTableName(service);
  const log = table({
    name,
    columns: {
      seq: column.bigint(),
      id: column.id(),
      at: column.time(),
      actor: column.varchar(2000),
      action: column.varchar(64),
      resource_type: column.varchar(64),
      resource_id: column.varchar(128),
      before_json: column.longtext({ nullable: true }),
      after_json: column.longtext({ nullable: true }),
      correlation_id: column.varchar(128, { nullable: true }),
      prev_hash: column.hash(),
      hash: column.hash(),
    },
    primaryKey: ['seq'],
    indexes: { [`IX_${name}_resource`]: ['resource_type', 'resource_id'] },
  });
  const head = table({
    name: auditHeadTableName(service),
    columns: { id: column.int(), seq: column.bigint(), hash: column.hash() },
    primaryKey: ['id'],
  });
  return [log, head];
}
