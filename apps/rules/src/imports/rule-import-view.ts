import { RULE_IMPORT_OUTCOMES, type RuleImportCounts, type RuleImportView } from '@alertagent/contracts';
import type { StoredRuleImport } from './rule-import.entity';

/** An import as the API shows it. */
export const importView = (stored: StoredRuleImport): RuleImportView => ({
  id: stored.id,
  state: stored.state,
  options: stored.options,
  total: stored.total,
  done: stored.done,
  counts: stored.counts,
  error: stored.error,
  author: stored.actor.name,
  created_at: stored.createdAt.toISOString(),
  ended_at: stored.endedAt?.toISOString() ?? null,
});

export const noCounts = (): RuleImportCounts =>
  Object.fromEntries(RULE_IMPORT_OUTCOMES.map((outcome) => [outcome, 0])) as unknown as RuleImportCounts;
