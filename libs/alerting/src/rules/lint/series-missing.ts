import { excerpt } from '../../problems';
import { missingSeries } from '../health/missing-series';
import { neededSelectors } from '../health/needed-selectors';
import { inExpression } from './check';
import type { LiveCheck } from './live-check';

export const seriesMissing: LiveCheck = {
  name: 'series-missing',
  severity: 'warning',
  async findOn(rule, source) {
    const { text } = rule.expression;
    const findings = [];
    for (const selector of neededSelectors(text)) {
      const reason = await missingSeries(selector, source.has);
      if (reason === null) continue;
      findings.push(inExpression(rule, placeOf(selector, text), `nothing matches ${excerpt(selector)}: ${reason}`));
    }
    return findings;
  },
};

/** Where the selector stands, and not where a longer name ends like it. */
function placeOf(selector: string, text: string): number {
  let at = text.indexOf(selector);
  while (at > 0 && /[\w:]/.test(text[at - 1]!)) at = text.indexOf(selector, at + 1);
  return Math.max(0, at);
}
