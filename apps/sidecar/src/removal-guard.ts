import type { RuleIdentity } from './rule-identity';
import { RefusedRevision, type VerifiedRevision } from './verify-revision';

/** From when on lost rules are too many to go unasked; the config service confirms removals by the same figures. */
const MAX_REMOVED_PERCENT = 30;
const MIN_REMOVED_RULES = 5;

/** What the target runs: AlertAgent's own content that was proven last. */
export interface LiveRules {
  hash: string;
  rules: readonly RuleIdentity[];
}

/**
 * Refuses a rule set that lacks many rules of what is live, unless the revision carries the word of a person that this content may
 * follow that one. AlertAgent asks that person itself; this holds when it was wrong about what is live, as after a restored
 * backup, or forgot to ask. Throws RefusedRevision.
 */
export function checkRemoval(config: VerifiedRevision, rules: readonly RuleIdentity[], live: LiveRules): void {
  if (config.hash === live.hash || config.confirmedFrom.includes(live.hash)) return;
  const lost = lostRules(live.rules, rules);
  const of = live.rules.length;
  if (lost < MIN_REMOVED_RULES || lost * 100 <= of * MAX_REMOVED_PERCENT) return;
  throw new RefusedRevision(
    `revision ${config.revision} would take ${lost} of the ${of} rules away that are live here, and nobody confirmed that for ` +
      `this file (${live.hash.slice(0, 12)}): if it is meant, confirm revision ${config.revision} with the cluster's name ` +
      `(POST /api/v1/clusters/${config.clusterId}/removal), else put the rules back`,
  );
}

/** Rules with an id are told apart by it. Recording rules have none, and may be renamed: only their number counts. */
function lostRules(before: readonly RuleIdentity[], next: readonly RuleIdentity[]): number {
  const kept = new Set(next.flatMap(({ ruleId }) => ruleId ?? []));
  const lostIds = before.filter(({ ruleId }) => ruleId !== null && !kept.has(ruleId)).length;
  return lostIds + Math.max(0, withoutId(before) - withoutId(next));
}

const withoutId = (rules: readonly RuleIdentity[]): number => rules.filter(({ ruleId }) => ruleId === null).length;
