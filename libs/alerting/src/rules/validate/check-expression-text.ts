import type { Expr } from '../promql/ast';
import { readExpression } from '../promql/expression';
import type { ValueType } from '../promql/functions';
import type { Grammar } from '../promql/grammar';
import { problemIn, type PlacedText, type RuleProblem } from './problem';

/** Longer ones are refused before they are read; far beyond any expression that a person writes. */
const LONGEST_EXPRESSION = 131_072;
const MOST_FAULTS = 10;

/** An expression with what is wrong with it; syntax and type are null when it is refused. */
export interface CheckedText {
  problems: RuleProblem[];
  expr: Expr | null;
  type: ValueType | null;
}

/** Checks one expression as Prometheus does when it loads a rule. */
export function checkExpressionText(placed: PlacedText, grammar: Grammar): CheckedText {
  const refuse = (message: string): CheckedText => ({
    problems: [problemIn(placed, 0, { check: 'promql/syntax', message })],
    expr: null,
    type: null,
  });
  const { text } = placed;
  if (text === '') return refuse('there is no expression');
  if (text.length > LONGEST_EXPRESSION) {
    return refuse(`the expression has ${text.length} characters, at most ${LONGEST_EXPRESSION} are taken`);
  }
  const { faults, expr, type } = readExpression(text.toWellFormed(), grammar);
  const problems = faults.slice(0, MOST_FAULTS).map(({ code, start, detail, fix }) =>
    problemIn(placed, start, {
      check: `promql/${code === 'too_deep' ? 'syntax' : code.replace('_', '-')}`,
      message: detail,
      fix: fix ?? null,
    }),
  );
  return { problems, expr, type };
}
