import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { versionNoteEntity, type StoredVersionNote } from './version-note.entity';

/** What is told about versions beside their content. Versions from before this was kept have none. */
@Injectable()
export class VersionNotesStore {
  async addAll(tx: EntityManager, notes: StoredVersionNote[]): Promise<void> {
    await tx.insert(versionNoteEntity, notes);
  }

  /** Those of one rule, by version. */
  async ofRule(
    manager: EntityManager,
    ruleId: string,
    versions: readonly number[],
  ): Promise<Map<number, StoredVersionNote>> {
    if (versions.length === 0) return new Map();
    const notes = await manager.findBy(versionNoteEntity, { ruleId, version: In([...versions]) });
    return new Map(notes.map((note) => [note.version, note]));
  }
}
