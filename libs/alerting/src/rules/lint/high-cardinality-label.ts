import { usesValue } from '../template-text';
import type { RuleCheck } from './check';

/** The value in a label makes another alert at each evaluation, and none of them ever lasts for `for`. */
export const highCardinalityLabel: RuleCheck = {
  name: 'high-cardinality-label',
  severity: 'warning',
  find({ templates }) {
    return templates
      .filter(({ isLabel, uses }) => isLabel && usesValue(uses))
      .map(({ pair }) => ({
        message: `the label "${pair.name.text}" changes with each evaluation; put the value into an annotation`,
        text: pair.value,
        at: 0,
      }));
  },
};
