import type { Expr } from '../rules/promql/ast';
import { withoutParens } from '../rules/promql/ast';
import { readExpression } from '../rules/promql/expression';
import { newestGrammar } from '../rules/promql/grammar';

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);

/**
 * What a rule measures: its expression without the comparison with a number, so that its past can be seen below the threshold too. The
 * expression itself when it is none of that kind or cannot be read.
 */
export function measuredExpression(expression: string): string {
  const read = readExpression(expression, newestGrammar());
  if (read.expr === null) return expression;
  const part = measuredPart(read.expr);
  return part === null ? expression : expression.slice(part.start, part.end);
}

function measuredPart(whole: Expr): Expr | null {
  const expr = withoutParens(whole);
  if (expr.kind !== 'binary' || !COMPARISONS.has(expr.op)) return null;
  if (withoutParens(expr.right).kind === 'number') return expr.left;
  return withoutParens(expr.left).kind === 'number' ? expr.right : null;
}
