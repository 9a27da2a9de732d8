import type { RuleTarget } from '@alertagent/contracts';
import { epochMs, json } from '@alertagent/service-kit';
import { EntitySchema } from 'typeorm';
import type { RuleContent } from './rule-content';

/** A rule at its current version; deleted ones are kept. */
export interface StoredRule extends RuleContent {
  id: string;
  /** SHA-256 of group and name; null for deleted rules, which give their name back. */
  nameKey: string | null;
  /** The name in lower case, for searching. */
  nameFolded: string;
  /** The clusters that were named when the rule was saved, by id: a cluster that is renamed keeps its rules. */
  pinnedClusters: string[];
  hasSelectors: boolean;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

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
  },
  indices: [
    { name: 'UQ_rules_name_key', columns: ['nameKey'], unique: true },
    { name: 'IX_rules_group_name', columns: ['group'] },
  ],
});
