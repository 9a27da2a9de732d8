import { sha256Hex } from '../hashing';
import type { CatalogueEntry } from './catalogue-entry';
import type { CheckedRequest } from './check-request';

/** What an approval is an approval of. */
export interface ApprovedMatter extends CheckedRequest {
  entry: CatalogueEntry;
  incident_id: string | null;
  alert_id: string | null;
}

/**
 * Binds an approval to exactly one matter: the action as the catalogue describes it, target, parameters and incident. If any of
 * these changes, so does the hash, and the approval is worth nothing.
 */
export function approvalHash({ entry, target, parameters, incident_id, alert_id }: ApprovedMatter): string {
  return sha256Hex(canonical(['action', entry, target, parameters, incident_id, alert_id]));
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, nested: unknown) => {
    if (typeof nested !== 'object' || nested === null || Array.isArray(nested)) return nested;
    return Object.fromEntries(Object.entries(nested).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
