import type { RuleKind, RuleParameters, RuleTarget } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { PinnedOverride } from './rule-content';
import type { StoredRule } from './stored-rule';

export const ruleEntity = new EntitySchema<StoredRule>({
  name: 'rules',
  columns: {
    id: { type: 'varchar', length: 36, primary: true },
    nameKey: { name: 'name_key', type: 'varchar', length: 64, nullable: true },
    group: { name: 'group_name', type: 'varchar', length: 200 },
    name: { type: 'varchar', length: 200 },
    nameFolded: { name: 'name_folded', type: 'varchar', length: 400 },
    expression: { type: 'longtext' },
    duration: { type: 'varchar', length: 50, nullable: true },
    keepFiringFor: { name: 'keep_firing_for', type: 'varchar', length: 50, nullable: true },
    severity: { type: 'varchar', length: 100, nullable: true },
    labels: { type: 'longtext', transformer: json<Record<string, string>>() },
    annotations: { type: 'longtext', transformer: json<Record<string, string>>() },
    targets: { type: 'longtext', transformer: json<RuleTarget[]>() },
    pinnedClusters: { name: 'pinned_clusters', type: 'longtext', transformer: json<string[]>() },
    hasSelectors: { name: 'has_selectors', type: 'boolean' },
    version: { type: 'int' },
    createdAt: { name: 'created_at', type: 'bigint', transformer: epochMs },
    updatedAt: { name: 'updated_at', type: 'bigint', transformer: epochMs },
    deletedAt: { name: 'deleted_at', type: 'bigint', nullable: true, transformer: epochMs },
    kind: { type: 'varchar', length: 20, nullable: true, transformer: orElse<RuleKind>('alerting') },
    namespace: { type: 'varchar', length: 200, nullable: true, transformer: orElse('') },
    position: { type: 'int', default: 0 },
    owner: { type: 'varchar', length: 100, nullable: true },
    runbook: { type: 'varchar', length: 1000, nullable: true },
    description: { type: 'longtext', nullable: true },
    enabled: { type: 'boolean', default: true },
    parameters: { type: 'longtext', nullable: true, transformer: jsonOrElse<RuleParameters>({}) },
    overrides: { type: 'longtext', nullable: true, transformer: jsonOrElse<PinnedOverride[]>([]) },
    duplicateNo: { name: 'duplicate_no', type: 'int', default: 0 },
    searchText: { name: 'search_text', type: 'longtext', nullable: true, transformer: orElse('') },
  },
  indices: [
    { name: 'UQ_rules_name_key', columns: ['nameKey'], unique: true },
    { name: 'IX_rules_by_creation', columns: ['deletedAt', 'id'] },
    { name: 'IX_rules_by_name', columns: ['deletedAt', 'nameFolded', 'id'] },
    { name: 'IX_rules_by_update', columns: ['deletedAt', 'updatedAt', 'id'] },
    { name: 'IX_rules_by_place', columns: ['deletedAt', 'namespace', 'group', 'position', 'id'] },
    { name: 'IX_rules_by_group', columns: ['deletedAt', 'group', 'id'] },
    { name: 'IX_rules_by_severity', columns: ['deletedAt', 'severity', 'id'] },
  ],
});

/** For columns that came later: rows of a version before, running beside this one, do not have them. */
function orElse<T>(fallback: T) {
  return { to: (value: T): T => value, from: (value: T | null): T => value ?? fallback };
}

function jsonOrElse<T>(fallback: T) {
  const { to, from } = json<T>();
  return { to, from: (value: string | null): T => (from(value) as T | null) ?? structuredClone(fallback) };
}
