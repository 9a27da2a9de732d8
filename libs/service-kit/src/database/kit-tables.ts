import type { EntitySchema, MigrationInterface, QueryRunner, Table } from 'typeorm';
import { auditEntities, auditTables, seedAuditHead } from '../audit/audit-tables';
import { inboxEntity, inboxTable } from '../inbox/inbox-table';
import { parkedMessagesEntity, parkedMessagesTable } from '../inbox/parked-messages-table';
import { outboxEntity, outboxStreamsEntity, outboxStreamsTable, outboxTable } from '../outbox/outbox-tables';
import type { KitParts, MigrationClass } from './service-database';

interface KitPart {
  entities: (service: string) => EntitySchema<object>[];
  tables: (service: string, queryRunner: QueryRunner) => Table[];
  /** Rows that must be there from the start. */
  seed?: (service: string, queryRunner: QueryRunner) => Promise<void>;
}

const PARTS: Record<keyof KitParts, KitPart> = {
  outbox: {
    entities: (service) => [outboxEntity(service), outboxStreamsEntity(service)],
    tables: (service, runner) => [outboxTable(service, runner), outboxStreamsTable(service, runner)],
  },
  inbox: {
    entities: (service) => [inboxEntity(service)],
    tables: (service, runner) => [inboxTable(service, runner)],
  },
  audit: { entities: auditEntities, tables: auditTables, seed: seedAuditHead },
  parked: {
    entities: (service) => [parkedMessagesEntity(service)],
    tables: (service, runner) => [parkedMessagesTable(service, runner)],
  },
};

function chosen(parts: KitParts): [keyof KitParts, KitPart][] {
  const names = (Object.keys(PARTS) as (keyof KitParts)[]).filter((name) => parts[name]);
  return names.map((name) => [name, PARTS[name]]);
}

/** The entities of the kit tables a service keeps, for its data source. */
export function kitEntities(service: string, parts: KitParts): EntitySchema<object>[] {
  return chosen(parts).flatMap(([, part]) => part.entities(service));
}

/**
 * The migration that creates the kit tables a service keeps, named with the service's prefix (`rules_outbox`, …). Asking for
 * another part later makes it a new migration, which leaves the existing tables alone.
 */
export function kitTables(service: string, parts: KitParts): MigrationClass {
  const words = [service, ...chosen(parts).map(([name]) => name)];
  // TypeORM orders migrations by the 13 digits at the end; the kit's come before any service's.
  const migrationName = `KitTables_${words.join('_')}_1700000000000`;
  return class implements MigrationInterface {
    readonly name = migrationName;

    async up(queryRunner: QueryRunner): Promise<void> {
      for (const [, part] of chosen(parts)) {
        for (const table of part.tables(service, queryRunner)) await queryRunner.createTable(table, true);
        await part.seed?.(service, queryRunner);
      }
    }

    async down(queryRunner: QueryRunner): Promise<void> {
      for (const [, part] of chosen(parts)) {
        for (const table of part.tables(service, queryRunner)) await queryRunner.dropTable(table.name, true);
      }
    }
  };
}
