import type { Expr } from './ast';
import type { ValueType } from './functions';
import type { Grammar } from './grammar';
import { tokenise } from './lexer';
import { ExpressionParser } from './parser';
import { SyntaxFault, type Fault } from './token-reader';
import { checkTypes, typeOf } from './type-check';

/** An expression as Prometheus reads it, or everything for which it refuses it. */
export type ReadExpression = { expr: Expr; type: ValueType; faults: [] } | { expr: null; type: null; faults: Fault[] };

/**
 * Reads an expression as a given version of Prometheus does: same tokens, same grammar, same checks of types, so that
 * it is refused exactly where the server refuses it. Very deep nesting is refused as well.
 */
export function readExpression(text: string, grammar: Grammar): ReadExpression {
  const parser = new ExpressionParser(tokenise(text, grammar), grammar);
  let expr: Expr;
  try {
    expr = parser.parse();
  } catch (error) {
    if (!(error instanceof SyntaxFault)) throw error;
    return refused([...parser.faults, error.fault]);
  }
  const faults = parser.faults.length > 0 ? parser.faults : checkTypes(expr, grammar);
  return faults.length > 0 ? refused(faults) : { expr, type: typeOf(expr, grammar), faults: [] };
}

function refused(faults: Fault[]): ReadExpression {
  return { expr: null, type: null, faults: faults.sort((a, b) => a.start - b.start) };
}
