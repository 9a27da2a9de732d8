import { epochMs } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** A rule file that promtool and we judge differently, once for each version of promtool. */
export interface StoredDisagreement {
  id: string;
  textHash: string;
  source: 'validated' | 'saved';
  ruleId: string | null;
  ruleVersion: number | null;
  promtool: string;
  /** What we said. */
  valid: boolean;
  reason: string;
  text: string;
  seen: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
  /** When, by whom and why it was dismissed; null while it is open. */
  dismissedAt: Date | null;
  dismissedBy: string | null;
  dismissalReason: string | null;
}

export const ruleDisagreementEntity = new EntitySchema<StoredDisagreement>({
  name: 'rule_disagreements',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    textHash: { name: 'text_hash', type: 'varchar', length: 64 },
    source: { type: 'varchar', length: 20 },
    ruleId: { name: 'rule_id', type: 'varchar', length: 36, nullable: true },
    ruleVersion: { name: 'rule_version', type: 'int', nullable: true },
    promtool: { type: 'varchar', length: 40 },
    valid: { type: 'boolean' },
    reason: { type: 'longtext' },
    text: { type: 'longtext' },
    seen: { type: 'int' },
    firstSeenAt: { name: 'first_seen_at', type: 'bigint', transformer: epochMs },
    lastSeenAt: { name: 'last_seen_at', type: 'bigint', transformer: epochMs },
    dismissedAt: { name: 'dismissed_at', type: 'bigint', nullable: true, transformer: epochMs },
    dismissedBy: { name: 'dismissed_by', type: 'varchar', length: 200, nullable: true },
    dismissalReason: { name: 'dismissal_reason', type: 'varchar', length: 1000, nullable: true },
  },
  indices: [{ name: 'UQ_rule_disagreements_text', columns: ['textHash', 'promtool'], unique: true }],
});
