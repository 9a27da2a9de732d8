import type { Situation } from './facts';

/** From the save to the first evaluation of the new version, and from its firing to the webhook: sync, two evaluations, group interval. */
const RULE_EDIT_MARGIN_MS = 10 * 60_000;
/** For this long after an edit the new version's alerts go on with the incident of the old one; later ones are an outage of their own. */
const RULE_TAKEOVER_MS = 60 * 60_000;
/** A `for` that is longer is not waited for: an incident that nobody needs any more should not stay open for days. */
const LONGEST_FOR_MS = 24 * 3_600_000;
/** Edits that are older mean nothing to any rule. */
export const RULE_EDIT_MATTERS_MS = LONGEST_FOR_MS + RULE_EDIT_MARGIN_MS;

/** How long after an edit a rule's alerts may end only because Prometheus begins counting anew: until the new version can have fired. */
const holdOf = (forMs: number): number => Math.min(forMs, LONGEST_FOR_MS) + RULE_EDIT_MARGIN_MS;

/** Whether alerts of an edited rule still go on with the incident of its earlier version. */
export function isTakenOver({ rule_changed_at, rule_for_ms }: Situation, at: number): boolean {
  return rule_changed_at !== null && at - rule_changed_at <= Math.max(RULE_TAKEOVER_MS, holdOf(rule_for_ms));
}

/** How long an incident whose last alert ended at `at` waits because its rule was changed; 0 when it was not, or long ago. */
export function ruleWait(changedAt: number | null, forMs: number, at: number): number {
  return changedAt === null ? 0 : Math.max(0, changedAt + holdOf(forMs) - at);
}
