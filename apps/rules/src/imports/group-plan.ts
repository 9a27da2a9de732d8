import type { FileRule } from '@alertagent/alerting';
import type { RuleImportOptions, RuleInput } from '@alertagent/contracts';
import { fileRuleOf } from '../rules/file-rule';
import type { RulesStore } from '../rules/rules.store';
import type { ImportGroup, ImportItem } from './import-groups';
import { isSameFileRule, ruleInputFor, withoutMarks } from './rule-of-file';

/** A rule as it is stored. */
type StoredRule = NonNullable<Awaited<ReturnType<RulesStore['find']>>>;

/** A rule of a file with the stored rule that it is, if there is one. */
export interface PlannedRule {
  item: ImportItem;
  before: StoredRule | null;
  input: RuleInput;
  /** The group has a rule of this kind, name, severity and labels already, as a rule file may. */
  isDuplicate: boolean;
  /** Nothing of it changes; so it need not be checked again. */
  isUnchanged: boolean;
}

type Group = Pick<ImportGroup, 'namespace' | 'name'>;
type Entry = { item: ImportItem; rule: FileRule };

/** What makes a rule one of its group: Prometheus tells alerts of one group apart by nothing else. */
const identity = ({ alert, record, labels }: FileRule): string =>
  JSON.stringify([alert ?? null, record ?? null, Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);
const title = ({ alert, record }: FileRule): string => JSON.stringify([alert ?? null, record ?? null]);
const whole = (rule: FileRule): string => JSON.stringify([identity(rule), rule.expr]);

/**
 * Finds for each rule of a file the stored rule that it is: the one that is just the same, else the one with the same
 * name and labels, else the next one of that name. So a rule keeps its id, its versions and its pending alerts when
 * anything else of it is edited. Positions change only where the order does.
 */
export function planGroup(
  { namespace, name: group }: Group,
  items: readonly ImportItem[],
  stored: readonly StoredRule[],
  options: RuleImportOptions,
): PlannedRule[] {
  const entries = items.flatMap((item) => (item.rule ? [{ item, rule: withoutMarks(item.rule) }] : []));
  const matches = match(entries, stored);
  const seen = new Set<string>();
  let position = -1;
  return entries.map(({ item, rule }) => {
    const before = matches.get(item) ?? null;
    position = before !== null && before.position > position ? before.position : position + 1;
    const key = identity(rule);
    const isDuplicate = seen.has(key);
    seen.add(key);
    const input = ruleInputFor(rule, { namespace, group, position }, { before, options });
    // Targets that are given may mean other clusters by now.
    const isAsked = options.targets !== undefined && options.targets !== null;
    const isOwned = (options.owner ?? before?.owner) === before?.owner;
    const isUnchanged =
      before?.position === position && !isAsked && isOwned && isSameFileRule(rule, fileRuleOf(before));
    return { item, before, input, isDuplicate, isUnchanged };
  });
}

function match(entries: readonly Entry[], stored: readonly StoredRule[]): Map<ImportItem, StoredRule> {
  const free = new Map(stored.map((rule) => [rule, fileRuleOf(rule)]));
  const found = new Map<ImportItem, StoredRule>();
  const pass = (keyOf: (rule: FileRule) => string, isMatch: (a: FileRule, b: FileRule) => boolean): void => {
    const byKey = new Map<string, StoredRule[]>();
    for (const [rule, text] of free) {
      const key = keyOf(text);
      byKey.set(key, [...(byKey.get(key) ?? []), rule]);
    }
    for (const { item, rule } of entries) {
      if (found.has(item)) continue;
      const candidates = byKey.get(keyOf(rule)) ?? [];
      const at = candidates.findIndex((candidate) => isMatch(rule, free.get(candidate)!));
      const [taken] = at === -1 ? [] : candidates.splice(at, 1);
      if (!taken) continue;
      found.set(item, taken);
      free.delete(taken);
    }
  };
  pass(whole, isSameFileRule);
  pass(identity, () => true);
  pass(title, () => true);
  return found;
}
