import type { RuleCheck } from './check';
import { IDENTITY_LABELS } from './aggregation-drops-identity';
import { labelsAfter, mayHave } from './labels-after';
import { shownLabels } from './template-labels';

/** A template that shows a label which the expression has taken away shows nothing in its place. */
export const templateLabelDropped: RuleCheck = {
  name: 'template-label-dropped',
  severity: 'warning',
  find(rule) {
    const left = labelsAfter(rule.expr);
    return shownLabels(rule)
      .filter(({ name }) => !IDENTITY_LABELS.has(name) && !mayHave(left, name))
      .map(({ name, text, offset }) => ({
        message: `the template shows the label "${name}", which the expression does not keep`,
        text,
        at: offset,
      }));
  },
};
