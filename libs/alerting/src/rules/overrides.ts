import { fillInRule, type Parametrised, type RuleParameters } from './parameters';

/** What may be different about a rule on some clusters; what is absent or null is as in the rule. */
export interface OverrideTerms {
  parameters?: RuleParameters | null;
  duration?: string | null;
  keep_firing_for?: string | null;
  severity?: string | null;
  labels?: Record<string, string> | null;
  enabled?: boolean | null;
}

/** An override that applies, with the place where it stands. */
export interface AppliedOverride {
  /** JSON pointer into the rule, such as `/overrides/0`. */
  source: string;
  terms: OverrideTerms;
}

/** The part of a rule that overrides and parameters work on. */
export interface Overridable extends Parametrised {
  severity?: string | null;
  parameters: RuleParameters;
  enabled: boolean;
}

/** One field that is different. */
export interface OverriddenField {
  field: string;
  source: string;
  value: unknown;
  instead: unknown;
}

/** The rule as it is where these overrides apply. */
export interface EffectiveRule<T> {
  /** Placeholders are filled in. */
  rule: T;
  overridden: OverriddenField[];
}

/** Fields that an override replaces as a whole. */
const WHOLE = ['duration', 'keep_firing_for', 'severity', 'enabled'] as const;

/**
 * Applies overrides in their order, later ones on top, and fills the placeholders in. A field counts as overridden when it is other
 * than the rule says, and its source is the override that won.
 */
export function effectiveRule<T extends Overridable>(rule: T, overrides: readonly AppliedOverride[]): EffectiveRule<T> {
  const changed: Overridable = { ...rule };
  const winners = new Map<string, OverriddenField>();
  const won = (field: string, source: string, value: unknown, instead: unknown): void => {
    if (value === instead) winners.delete(field);
    else winners.set(field, { field, source, value: value ?? null, instead });
  };
  for (const { source, terms } of overrides) {
    for (const field of WHOLE) {
      const instead = terms[field];
      if (instead === null || instead === undefined) continue;
      Object.assign(changed, { [field]: instead });
      won(`/${field}`, source, rule[field], instead);
    }
    for (const map of ['labels', 'parameters'] as const) {
      const given = terms[map] ?? {};
      Object.assign(changed, { [map]: { ...changed[map], ...given } });
      for (const [name, instead] of Object.entries(given))
        won(`/${map}/${name}`, source, Object.hasOwn(rule[map], name) ? rule[map][name] : null, instead);
    }
  }
  return { rule: fillInRule(changed as T, changed.parameters), overridden: [...winners.values()] };
}
