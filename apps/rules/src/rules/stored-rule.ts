import type { RuleContent } from './rule-content';

/** A rule at its current version; deleted ones are kept. */
export interface StoredRule extends RuleContent {
  id: string;
  /** SHA-256 of what makes it unique (`nameKey`); null for deleted rules, which give their name back. */
  nameKey: string | null;
  /** The name in lower case, for searching. */
  nameFolded: string;
  /** Everything that a search for text looks at, in lower case. */
  searchText: string;
  /** The clusters that were named when the rule was saved, by id: a cluster that is renamed keeps its rules. */
  pinnedClusters: string[];
  /** Which clusters it runs on, or what it is like there, depends on their labels. */
  hasSelectors: boolean;
  /** Tells rules apart that are the same in all that makes a rule unique, which only imports may bring; 0 for others. */
  duplicateNo: number;
  version: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}
