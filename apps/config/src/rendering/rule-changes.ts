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
  const names = losses.slice(0, NAMED).map((rule) => `${rule.group}/${rule.name}`.slice(0, 100));
  const more = losses.length > NAMED ? ` and ${losses.length - NAMED} more` : '';
  const subject = losses.length === 1 ? '1 rule would vanish' : `${losses.length} rules would vanish`;
  return `${subject} although nobody withdrew ${losses.length === 1 ? 'it' : 'them'}: ${names.join(', ')}${more}`;
}
