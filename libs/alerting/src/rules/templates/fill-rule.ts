import { pointerTo, type FieldProblem } from '../../problems';
import { validateRule } from '../rule';
import { expressionPlaces } from './expression-places';
import { fillExpression } from './fill-expression';
import type { Filled, Filling, Parameters } from './filling';
import { fillDuration, fillPlain, fillText } from './fill-text';
import type { CheckedValues } from './parameter-values';
import { placeholdersIn } from './placeholders';
import { ruleKey, type ParameterValue, type TemplateRule } from './template-document';

/** The texts of a rule. */
export interface RuleTexts {
  name: string;
  expression: string;
  duration: string | null;
  keep_firing_for: string | null;
  severity: string | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A rule that a template makes. */
export interface FilledRule {
  key: string;
  kind: 'alerting' | 'recording';
  group: string;
  /** Order in the group, from 0. */
  position: number;
  /** What the rule says with all values in it. */
  resolved: RuleTexts;
  /** The rule to save: numbers and durations still stand as `${name}`, with their values in `parameters`. */
  rule: RuleTexts & {
    parameters: Record<string, ParameterValue>;
    owner: string | null;
    runbook: string | null;
    description: string | null;
  };
}

/** A problem of a rule, with the parameter whose value causes it. */
export type RuleProblem = FieldProblem & { parameter: string | null };

/** Fills one rule; problems point into the rule. */
export function fillRule(
  template: TemplateRule,
  place: { group: string; position: number },
  { parameters, values }: { parameters: Parameters; values: CheckedValues },
): { filled: FilledRule | null; problems: RuleProblem[] } {
  const kept = keptParameters(template, parameters);
  const filling: Filling = { parameters, values, kept };
  const problems: RuleProblem[] = [];
  const [resolved, keeping] = [emptyTexts(), emptyTexts()];
  const take = (pointer: string, filled: Filled, put: (texts: RuleTexts, text: string) => void): void => {
    if (filled.fault !== null) {
      problems.push({ pointer, ...filled.fault });
      return;
    }
    put(resolved, filled.text);
    put(keeping, filled.keeping);
  };
  take('/name', fillPlain(template.name, filling), (texts, text) => (texts.name = text));
  take('/expression', fillExpression(template.expression, filling), (texts, text) => (texts.expression = text));
  if (template.duration) {
    take('/duration', fillDuration(template.duration, filling), (texts, text) => (texts.duration = text));
  }
  if (template.keep_firing_for) {
    const filled = fillDuration(template.keep_firing_for, filling);
    take('/keep_firing_for', filled, (texts, text) => (texts.keep_firing_for = text));
  }
  if (template.severity) {
    take('/severity', fillPlain(template.severity, filling), (texts, text) => (texts.severity = text));
  }
  for (const field of ['labels', 'annotations'] as const) {
    for (const [name, value] of Object.entries(template[field] ?? {})) {
      take(pointerTo(field, name), fillText(value, filling), (texts, text) => define(texts[field], name, text));
    }
  }
  if (problems.length > 0) return { filled: null, problems };
  const kind = template.kind ?? 'alerting';
  const found = validateRule({ kind, ...resolved }).map((problem) => ({ ...problem, parameter: null }));
  if (found.length > 0) return { filled: null, problems: found };
  const own = [...kept].filter((name) => usesOf(template).some((use) => use.name === name));
  const rule = {
    ...keeping,
    parameters: Object.fromEntries(own.sort().map((name) => [name, values.get(name)!])),
    owner: template.owner || null,
    runbook: template.runbook || null,
    description: template.description || null,
  };
  return { filled: { key: ruleKey(template), kind, ...place, resolved, rule }, problems: [] };
}

const emptyTexts = (): RuleTexts => ({
  name: '',
  expression: '',
  duration: null,
  keep_firing_for: null,
  severity: null,
  labels: {},
  annotations: {},
});

/** As data, whatever the name: a plain assignment to `__proto__` would be lost. */
function define(pairs: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(pairs, name, { value, enumerable: true, configurable: true, writable: true });
}

/** One use of a parameter; `keepable` where a rule can carry the parameter itself. */
interface Use {
  name: string;
  keepable: boolean;
}

function usesOf(template: TemplateRule): Use[] {
  const uses = (text: string | null | undefined, keepable: boolean): Use[] =>
    placeholdersIn(text ?? '')
      .filter(({ escaped }) => !escaped)
      .map(({ name }) => ({ name, keepable }));
  return [
    ...expressionPlaces(template.expression)
      .filter(({ escaped }) => !escaped)
      .map(({ name, quoting }) => ({ name, keepable: quoting === 'bare' })),
    ...uses(template.duration, true),
    ...uses(template.keep_firing_for, true),
    ...[...Object.values(template.labels ?? {}), ...Object.values(template.annotations ?? {})].flatMap((text) =>
      uses(text, true),
    ),
    ...[template.name, template.severity].flatMap((text) => uses(text, false)),
  ];
}

/** Numbers and durations that a cluster may override: those that stand only where a rule carries parameters. */
function keptParameters(template: TemplateRule, parameters: Parameters): Set<string> {
  const uses = usesOf(template);
  const fixed = new Set(uses.filter(({ keepable }) => !keepable).map(({ name }) => name));
  return new Set(
    uses
      .map(({ name }) => name)
      .filter((name) => !fixed.has(name) && ['number', 'duration'].includes(parameters.get(name)?.type ?? '')),
  );
}
