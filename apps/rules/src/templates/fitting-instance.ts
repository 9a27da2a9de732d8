import type { TemplateDocument } from '@alertagent/alerting';
import type { RuleOverride } from '@alertagent/contracts';
import type { StoredInstance } from './instance.entity';

/** Without values for parameters that the document does not have. */
export function forDocument(instance: StoredInstance, { parameters }: TemplateDocument): StoredInstance {
  const names = new Set(parameters.map(({ name }) => name));
  const own = <T>(values: Record<string, T>): Record<string, T> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
  const overrides = instance.overrides
    .map((override): RuleOverride => {
      const { parameters: given, ...rest } = override;
      const left = own(given ?? {});
      return Object.keys(left).length > 0 ? { ...rest, parameters: left } : rest;
    })
    .filter((override) => Object.keys(override).length > 1);
  return { ...instance, parameters: own(instance.parameters), overrides };
}
