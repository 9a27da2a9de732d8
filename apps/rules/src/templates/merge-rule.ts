import type { TemplateFieldChange, TemplateRuleAction } from '@alertagent/contracts';
import { isSame, type RuleTerms } from './rule-terms';

/** What becomes of one rule of an instance. */
export interface MergedRule {
  action: Exclude<TemplateRuleAction, 'create' | 'delete' | 'gone'>;
  /** The rule as it is to be. */
  terms: RuleTerms;
  changes: TemplateFieldChange[];
  kept: string[];
  conflicts: string[];
}

/** What only an instance or a person says, never the template: the one who said it last wins. */
const PLACED: readonly (keyof RuleTerms)[] = ['targets', 'overrides', 'enabled', 'owner', 'runbook'];

/**
 * Brings a rule from what an instance last made of it (`applied`) to what it is to be (`next`), and keeps what people changed since
 * (`current`). Where both changed a field to different things it is a conflict, and the rule stays as it is, unless `overwrite`. Values
 * of parameters that were changed by hand always stay.
 */
export function mergeRule(
  { applied, current, next }: { applied: RuleTerms; current: RuleTerms; next: RuleTerms },
  { overwrite }: { overwrite: boolean },
): MergedRule {
  const merged: Record<string, unknown> = {};
  const kept: string[] = [];
  const conflicts: string[] = [];
  for (const field of Object.keys(next) as (keyof RuleTerms)[]) {
    const [was, is, will] = [applied[field], current[field], next[field]];
    if (field === 'parameters') merged[field] = mergeParameters(applied, current, next, kept);
    else if (isSame(was, is) || isSame(is, will)) merged[field] = will;
    else if (isSame(was, will)) {
      merged[field] = is;
      kept.push(`/${field}`);
    } else {
      merged[field] = will;
      if (!PLACED.includes(field)) conflicts.push(`/${field}`);
    }
  }
  const terms = withDeclaredOnly(merged as unknown as RuleTerms);
  const changes = Object.keys(terms)
    .map((field) => ({
      field: `/${field}`,
      before: current[field as keyof RuleTerms],
      after: terms[field as keyof RuleTerms],
    }))
    .filter(({ before, after }) => !isSame(before, after));
  if (conflicts.length > 0 && !overwrite) return { action: 'conflict', terms: current, changes, kept, conflicts };
  return { action: changes.length > 0 ? 'update' : 'none', terms, changes, kept, conflicts };
}

function mergeParameters(
  applied: RuleTerms,
  current: RuleTerms,
  next: RuleTerms,
  kept: string[],
): RuleTerms['parameters'] {
  return Object.fromEntries(
    Object.entries(next.parameters).map(([name, value]) => {
      const isLocal =
        Object.hasOwn(applied.parameters, name) &&
        Object.hasOwn(current.parameters, name) &&
        current.parameters[name] !== applied.parameters[name] &&
        typeof current.parameters[name] === typeof value;
      if (!isLocal) return [name, value];
      kept.push(`/parameters/${name}`);
      return [name, current.parameters[name]!];
    }),
  );
}

/** An override of a parameter that the rule has no more would be refused. */
function withDeclaredOnly(terms: RuleTerms): RuleTerms {
  const overrides = terms.overrides
    .map((override) => {
      if (!override.parameters) return override;
      const { parameters, ...rest } = override;
      const declared = Object.entries(parameters).filter(([name]) => Object.hasOwn(terms.parameters, name));
      return declared.length > 0 ? { ...override, parameters: Object.fromEntries(declared) } : rest;
    })
    .filter((override) => Object.keys(override).length > 1);
  return { ...terms, overrides };
}
