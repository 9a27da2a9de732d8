import type { RuleView, TemplateFieldChange, TemplateRuleChange } from '@alertagent/contracts';
import type { StoredInstanceRule } from './instance-rule.entity';
import { mergeRule } from './merge-rule';
import { ruleTerms, type RuleTerms } from './rule-terms';

/** What is to be done with one rule of an instance. */
export interface PlannedRule extends TemplateRuleChange {
  /** The rule to write, for `create` and `update`. */
  terms: RuleTerms | null;
}

/**
 * Decides about one rule: from what the instance knows of it, how it stands now (null: it does not), and what the template says (null:
 * nothing any more).
 */
export function planRule({
  row,
  current,
  next,
  overwrite,
}: {
  row: Pick<StoredInstanceRule, 'key' | 'ruleId' | 'applied'>;
  current: RuleView | null;
  next: RuleTerms | null;
  overwrite: boolean;
}): PlannedRule {
  const plain = { key: row.key, rule_id: row.ruleId, changes: [], kept: [], conflicts: [] };
  if (next === null) return { ...plain, action: 'delete', terms: null };
  if (current === null && row.applied === null)
    return { ...plain, action: 'create', terms: next, changes: fieldsOf(next) };
  if (current === null) return { ...plain, action: 'gone', terms: null };
  const stands = ruleTerms(current);
  // Made, and cut off before that was written down: nobody else has had the time to change it.
  const merged = mergeRule({ applied: row.applied ?? stands, current: stands, next }, { overwrite });
  return { ...plain, ...merged };
}

const fieldsOf = (terms: RuleTerms): TemplateFieldChange[] =>
  Object.entries(terms)
    .filter(([, value]) => value !== null && JSON.stringify(value) !== '{}' && JSON.stringify(value) !== '[]')
    .map(([field, value]) => ({ field: `/${field}`, before: null, after: value }));
