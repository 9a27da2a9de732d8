import type { FieldProblem } from '../problems';

/** Values for placeholders, by name. */
export type RuleParameters = Readonly<Record<string, number | string>>;

/** The fields of a rule that may hold placeholders. */
export interface Parametrised {
  expression: string;
  duration?: string | null;
  keep_firing_for?: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

const PLACEHOLDER = /\$\{([a-zA-Z_][a-zA-Z0-9_]*)\}/g;

/**
 * Puts values in the place of `${name}`. A name that is not declared stays as it is written: dashboards and shells use the same
 * notation. What is put in is not read again, so a value cannot name another parameter.
 */
export function fillIn(text: string, parameters: RuleParameters): string {
  return text.replace(PLACEHOLDER, (written, name: string) =>
    Object.hasOwn(parameters, name) ? String(parameters[name]) : written,
  );
}

/** The rule with every placeholder filled in: in expression, durations, label and annotation values. */
export function fillInRule<T extends Parametrised>(rule: T, parameters: RuleParameters): T {
  if (Object.keys(parameters).length === 0) return rule;
  const filled = (text: string | null | undefined): string | null => (text ? fillIn(text, parameters) : null);
  const filledMap = (map: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(map).map(([name, value]) => [name, fillIn(value, parameters)]));
  return {
    ...rule,
    expression: fillIn(rule.expression, parameters),
    duration: filled(rule.duration),
    keep_firing_for: filled(rule.keep_firing_for),
    labels: filledMap(rule.labels),
    annotations: filledMap(rule.annotations),
  };
}

/** What is wrong with the parameters that an override gives: each must be declared by the rule, and be of its type. */
export function overriddenParameterProblems(
  declared: RuleParameters,
  given: RuleParameters,
  pointer: string,
): FieldProblem[] {
  return Object.entries(given).flatMap(([name, value]): FieldProblem[] => {
    const at = `${pointer}/${name}`;
    if (!Object.hasOwn(declared, name))
      return [{ pointer: at, code: 'unknown_parameter', detail: `the rule declares no parameter ${name}` }];
    const type = typeof declared[name];
    return typeof value === type
      ? []
      : [{ pointer: at, code: 'wrong_type', detail: `the rule declares ${name} as a ${type}` }];
  });
}
