import { lengthPrefixed, sha256Hex } from '../hashing';

/**
 * Which alerts belong together: SHA-256 hex over the cluster and the values of the chosen labels.
 * A missing label and an empty one give different keys, and every part is length-prefixed, so no two different
 * inputs can spell the same key. The order and repetition of names in `groupBy` do not matter.
 */
export function groupKey(alert: { cluster_id: string; labels: Record<string, string> }, groupBy: string[]): string {
  let identity = lengthPrefixed(alert.cluster_id);
  for (const name of [...new Set(groupBy)].sort()) {
    const value = Object.hasOwn(alert.labels, name) ? alert.labels[name]! : null;
    identity += lengthPrefixed(name) + (value === null ? '-' : '+' + lengthPrefixed(value));
  }
  return sha256Hex(identity);
}
