import { createHash } from 'node:crypto';

/** Something that was looked up before an analyst was asked, and that can be looked up again. */
export interface EvidenceItem {
  /** How claims refer to it, e.g. `m1`. */
  id: string;
  kind: EvidenceKind;
  title: string;
  /** What exactly was asked, so that anybody can ask again; null for what AlertAgent had at hand. */
  query: string | null;
  /** What came back: JSON. */
  value: unknown;
}

export type EvidenceKind = 'alert' | 'rule' | 'rule_versions' | 'metrics' | 'similar_incidents' | 'knowledge';

/** SHA-256 of a JSON value, whatever the order of its keys. */
export function evidenceHash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(ordered(value)), 'utf8')
    .digest('hex');
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, ordered(item)]),
  );
}
