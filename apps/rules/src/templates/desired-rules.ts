import { instantiateTemplate, valueFault, type FilledRule, type TemplateDocument } from '@alertagent/alerting';
import type { RuleOverride, TemplateProblem } from '@alertagent/contracts';
import type { StoredInstance } from './instance.entity';
import { ruleTerms, type RuleTerms } from './rule-terms';

/** What an instance says its rules should be. */
export type InstanceTerms = Pick<StoredInstance, 'namespace' | 'parameters' | 'targets' | 'overrides' | 'owner'>;

/** The rules of an instance by key, in their order; or why it has none, with pointers into the instance. */
export interface DesiredRules {
  rules: Map<string, RuleTerms>;
  problems: TemplateProblem[];
}

export function desiredRules(document: TemplateDocument, instance: InstanceTerms): DesiredRules {
  const { rules: filled, problems } = instantiateTemplate(document, instance.parameters);
  const found = problems.length > 0 ? problems : overrideProblems(document, filled, instance.overrides);
  if (found.length > 0) return { rules: new Map(), problems: found };
  return { rules: new Map(filled.map((rule) => [rule.key, termsOf(rule, instance)])), problems: [] };
}

function termsOf({ kind, group, rule }: FilledRule, instance: InstanceTerms): RuleTerms {
  return ruleTerms({
    ...rule,
    kind,
    group,
    namespace: instance.namespace,
    owner: rule.owner ?? instance.owner,
    targets: instance.targets,
    overrides: instance.overrides
      .map((override) => overrideFor(override, kind, rule.parameters))
      .filter((each) => each !== null),
  });
}

/** The part of an override that a rule can have. */
function overrideFor(
  override: RuleOverride,
  kind: 'alerting' | 'recording',
  declared: Record<string, unknown>,
): RuleOverride | null {
  const { parameters, ...rest } = override;
  const own = Object.entries(parameters ?? {}).filter(([name]) => Object.hasOwn(declared, name));
  const { duration: _, keep_firing_for: __, severity: ___, ...recorded } = rest;
  const part: RuleOverride = kind === 'alerting' ? { ...rest } : { ...recorded };
  if (own.length > 0) part.parameters = Object.fromEntries(own);
  const says = Object.entries(part).some(
    ([field, value]) => field !== 'target' && value !== undefined && value !== null,
  );
  return says ? part : null;
}

function overrideProblems(
  { parameters }: TemplateDocument,
  rules: readonly FilledRule[],
  overrides: readonly RuleOverride[],
): TemplateProblem[] {
  return overrides.flatMap((override, index) =>
    Object.entries(override.parameters ?? {}).flatMap(([name, value]): TemplateProblem[] => {
      const pointer = `/overrides/${index}/parameters/${name}`;
      const parameter = parameters.find((each) => each.name === name);
      if (!parameter) return [{ pointer, code: 'unknown_parameter', detail: 'the template has no such parameter' }];
      if (!rules.some(({ rule }) => Object.hasOwn(rule.parameters, name))) {
        const detail =
          'only numbers and durations can differ between clusters, where they stand outside of quotes and names';
        return [{ pointer, code: 'not_overridable', detail }];
      }
      const fault = valueFault(parameter, value);
      return fault ? [{ pointer, ...fault }] : [];
    }),
  );
}
