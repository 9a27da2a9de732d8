import type {
  Actor,
  RuleImportCounts,
  RuleImportFormat,
  RuleImportOptions,
  RuleImportState,
} from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';

/** One run of taking rules in. */
export interface StoredRuleImport {
  id: string;
  state: RuleImportState;
  format: RuleImportFormat;
  options: RuleImportOptions;
  /** Base URL of the Prometheus to read, for the format `live`. */
  sourceUrl: string | null;
  parts: number;
  total: number | null;
  /** Results so far; a run that is taken up again goes on after them. */
  done: number;
  counts: RuleImportCounts;
  error: string | null;
  actor: Actor;
  createdAt: Date;
  endedAt: Date | null;
  /** Times that it was begun. */
  attempts: number;
  leaseToken: string | null;
  leaseUntil: Date | null;
}

export const ruleImportEntity = new EntitySchema<StoredRuleImport>({
  name: 'rule_imports',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    state: { type: 'varchar', length: 20 },
    format: { type: 'varchar', length: 20 },
    options: { type: 'longtext', transformer: json<RuleImportOptions>() },
    sourceUrl: { name: 'source_url', type: 'varchar', length: 255, nullable: true },
    parts: { type: 'int' },
    total: { type: 'int', nullable: true },
    done: { type: 'int' },
    counts: { type: 'longtext', transformer: json<RuleImportCounts>() },
    error: { type: 'varchar', length: 1000, nullable: true },
    actor: { type: 'longtext', transformer: json<Actor>() },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    endedAt: { name: 'ended_at', type: 'bigint', nullable: true, transformer: epochMs },
    attempts: { type: 'int' },
    leaseToken: { name: 'lease_token', type: 'varchar', length: 36, nullable: true },
    leaseUntil: { name: 'lease_until', type: 'bigint', nullable: true, transformer: epochMs },
  },
  indices: [{ name: 'IX_rule_imports_state', columns: ['state'] }],
});
