/** A rule group. One row for each group that has rules, or that somebody made. */
export interface StoredRuleGroup {
  id: string;
  /** SHA-256 of the rendered name: two groups that a file could not tell apart cannot both be. */
  nameKey: string;
  namespace: string;
  name: string;
  interval: string | null;
  limit: number | null;
  queryOffset: string | null;
  labels: Record<string, string>;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}
