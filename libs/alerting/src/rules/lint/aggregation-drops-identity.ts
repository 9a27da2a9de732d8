import type { RuleCheck } from './check';
import { labelsAfter, mayHave } from './labels-after';
import { shownLabels } from './template-labels';

/** Labels that say where something is. */
export const IDENTITY_LABELS: ReadonlySet<string> = new Set(['cluster', 'instance', 'job', 'namespace', 'pod', 'node']);

/** An aggregation that loses which cluster or instance is meant, although the text for the person on call names it. */
export const aggregationDropsIdentity: RuleCheck = {
  name: 'aggregation-drops-identity',
  severity: 'warning',
  find(rule) {
    const left = labelsAfter(rule.expr);
    return shownLabels(rule)
      .filter(({ name }) => IDENTITY_LABELS.has(name) && !mayHave(left, name))
      .map(({ name, text, offset }) => ({
        message: `the text names the "${name}", and the expression aggregates it away; keep it with by (${name})`,
        text,
        at: offset,
      }));
  },
};
