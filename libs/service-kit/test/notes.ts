import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { epochMs, json } from '../src/database/column-transformers';
import type { MigrationClass, ServiceDatabase } from '../src/database/service-database';
import { columnsFor, table } from '../src/database/table-builder';

/** A row with one column of each portable kind. */
export interface Note {
  id: string;
  title: string;
  body: string;
  labels: Record<string, string> | null;
  weight: number | null;
  size: number;
  done: boolean;
  createdAt: Date;
}

export const noteEntity = new EntitySchema<Note>({
  name: 'notes',
  tableName: 'notes',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    title: { type: 'varchar', length: 128 },
    body: { type: 'longtext' },
    labels: { type: 'longtext', nullable: true, transformer: json<Record<string, string>>() },
    weight: { type: 'double', nullable: true },
    size: { type: 'int', default: 7 },
    done: { type: 'boolean', default: false },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
  indices: [
    { name: 'UQ_notes_title', columns: ['title'], unique: true },
    { name: 'IX_notes_created_at', columns: ['createdAt'] },
  ],
});

class CreateNotes implements MigrationInterface {
  readonly name = 'CreateNotes1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const column = columnsFor(queryRunner);
    await queryRunner.createTable(
      table({
        name: 'notes',
        columns: {
          id: column.id(),
          title: column.varchar(128),
          body: column.longtext(),
          labels: column.longtext({ nullable: true }),
          weight: column.double({ nullable: true }),
          size: column.int({ default: 7 }),
          done: column.boolean({ default: false }),
          created_at: column.time(),
        },
        primaryKey: ['id'],
        unique: { UQ_notes_title: ['title'] },
        indexes: { IX_notes_created_at: ['created_at'] },
      }),
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.dropTable('notes');
  }
}

export const createNotes: MigrationClass = CreateNotes;

/** A small service: one table of its own and all of the kit's. */
export const notesService: ServiceDatabase = {
  service: 'rules',
  entities: [noteEntity],
  migrations: [createNotes],
  kit: { outbox: true, inbox: true, audit: true, parked: true },
};

/** A note with everything filled in; override what the test is about. */
export const note = (id: string, more: Partial<Note> = {}): Note => ({
  id,
  title: `note ${id}`,
  body: 'text',
  labels: null,
  weight: null,
  size: 1,
  done: false,
  createdAt: new Date(),
  ...more,
});
