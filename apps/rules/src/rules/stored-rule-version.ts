import type { RuleView } from '@alertagent/contracts';

/** What was done to a rule; `deleted` keeps the content as it was, and so does a deletion that waits for approval. */
export type RuleChange = 'created' | 'updated' | 'restored' | 'deleted' | 'deletion-requested';

/** A rule as it was at one version; never changed. */
export interface StoredRuleVersion {
  ruleId: string;
  version: number;
  change: RuleChange;
  author: string;
  createdAt: Date;
  rule: RuleView;
}
