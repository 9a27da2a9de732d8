import { bigintNumber, epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** What is told about a version beside its content; never changed. */
export interface StoredVersionNote {
  ruleId: string;
  version: number;
  /** The author's words. */
  reason: string | null;
  /** The earlier version whose content it brings back. */
  restores: number | null;
  contentHash: string;
  /** Its entry in the audit log. */
  auditSeq: number;
  createdAt: Date;
}

export const versionNoteEntity = new EntitySchema<StoredVersionNote>({
  name: 'rule_version_notes',
  columns: {
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, primary: true },
    version: { type: 'int', primary: true },
    reason: { type: 'longtext', nullable: true },
    restores: { type: 'int', nullable: true },
    contentHash: { name: 'content_hash', type: 'varchar', length: 64 },
    auditSeq: { name: 'audit_seq', type: 'bigint', transformer: bigintNumber },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
  },
});
