import type { RevisionRule } from '@alertagent/contracts';

/** How many names are spelled out in a reason. */
const NAMED = 5;

/**
 * Rules of the served file that are missing from the next one although nobody withdrew them. A bug or a lost table
 * must not silently take alerting rules away.
 */
export function unexplainedLosses(
  served: readonly RevisionRule[],
  next: readonly RevisionRule[],
  withdrawn: ReadonlySet<string>,
): RevisionRule[] {
  const kept = new Set(next.map((rule) => rule.rule_id));
  return served.filter((rule) => !kept.has(rule.rule_id) && !withdrawn.has(rule.rule_id));
}

/** Rules of the next file that the served one does not have at that version. */
export function newcomers(served: readonly RevisionRule[], next: readonly RevisionRule[]): RevisionRule[] {
  const known = new Set(served.map((rule) => `${rule.rule_id} ${rule.rule_version}`));
  return next.filter((rule) => !known.has(`${rule.rule_id} ${rule.rule_version}`));
}

/** The losses as a sentence for people. */
export function lossesText(losses: readonly RevisionRule[]): string {
  const subject = losses.length === 1 ? '1 rule would vanish' : `${losses.length} rules would vanish`;
  return `${subject} although nobody withdrew ${losses.length === 1 ? 'it' : 'them'}: ${namesOf(losses)}`;
}

function namesOf(rules: readonly RevisionRule[]): string {
  const names = rules.slice(0, NAMED).map((rule) => `${rule.group}/${rule.name}`.slice(0, 100));
  return names.join(', ') + (rules.length > NAMED ? ` and ${rules.length - NAMED} more` : '');
}

/** From when on removals need a confirmation. */
export interface RemovalLimits {
  maxPercent: number;
  minRules: number;
}

/** Rules that would go, of so many. */
export interface Removal {
  lost: RevisionRule[];
  of: number;
}

/** The removal that is too large to happen unasked, counted from what is served and from what was served a while ago. */
export function massRemoval(
  history: { served: { manifest: readonly RevisionRule[] } | null; formerly: readonly RevisionRule[] },
  next: readonly RevisionRule[],
  { maxPercent, minRules }: RemovalLimits,
): Removal | null {
  for (const before of [history.formerly, history.served?.manifest ?? []]) {
    const lost = lostRules(before, next);
    if (isMassRemoval(lost.length, before.length, { maxPercent, minRules })) return { lost, of: before.length };
  }
  return null;
}

/** Whether so many lost rules of so many are too many to go unasked. */
export const isMassRemoval = (lost: number, of: number, { maxPercent, minRules }: RemovalLimits): boolean =>
  lost >= minRules && lost * 100 > of * maxPercent;

/** Rules of the one file that the other lacks. */
export function lostRules(before: readonly RevisionRule[], next: readonly RevisionRule[]): RevisionRule[] {
  const kept = new Set(next.map((rule) => rule.rule_id));
  return before.filter((rule) => !kept.has(rule.rule_id));
}

/** The removal as a sentence for people, with what they can do. */
export function removalText({ lost, of }: Removal): string {
  return `${lost.length} of ${of} rules would be removed (${namesOf(lost)}); confirm it with the cluster's name, or put them back`;
}
