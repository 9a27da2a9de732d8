import { readExpression } from './promql/expression';
import { defaultGrammar, newestGrammar, type Grammar } from './promql/grammar';
import type { ValueType } from './promql/functions';
import { placeIn } from './validate/problem';

/** One thing wrong with an expression; `from` is the offset (UTF-16 units) of the place. */
export interface ExpressionFault {
  code: 'required' | 'too_long' | 'too_deep' | 'control_character' | 'bad_promql';
  from: number;
  detail: string;
}

/** What was found about an expression. `type` is what it evaluates to, null when it has faults. */
export interface CheckedExpression {
  faults: ExpressionFault[];
  type: ValueType | null;
}

/** Far beyond any expression a person writes; keeps the check within milliseconds. */
const LONGEST_EXPRESSION = 16_384;
const MOST_FAULTS = 5;
const CONTROL = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f]');

/**
 * Checks an expression that somebody wants to keep: what Prometheus of that version refuses is refused, and what no
 * person means as well, such as control characters.
 */
export function checkExpression(expression: string, grammar: Grammar = defaultGrammar()): CheckedExpression {
  const fault = outerFault(expression);
  if (fault) return { faults: [fault], type: null };
  const { faults, type } = readExpression(expression, grammar);
  return {
    faults: faults.slice(0, MOST_FAULTS).map(({ code, start, detail }) => {
      const { line, column } = placeIn(expression, start);
      return {
        code: code === 'too_deep' ? 'too_deep' : 'bad_promql',
        from: start,
        detail: `line ${line}, column ${column}: ${detail}`,
      };
    }),
    type,
  };
}

/** Checks an expression for the oldest version that takes it: which targets can load it is decided for each. What none takes is refused as the oldest would. */
export function checkExpressionForAny(expression: string): CheckedExpression {
  const oldest = checkExpression(expression);
  const newest = oldest.faults.length > 0 ? checkExpression(expression, newestGrammar()) : oldest;
  return newest.faults.length > 0 ? oldest : newest;
}

function outerFault(expression: string): ExpressionFault | null {
  if (expression.trim() === '') return { code: 'required', from: 0, detail: 'there is no expression' };
  if (expression.length > LONGEST_EXPRESSION) {
    const detail = `${expression.length} characters, at most ${LONGEST_EXPRESSION} are taken`;
    return { code: 'too_long', from: 0, detail };
  }
  const control = CONTROL.exec(expression);
  if (control || !expression.isWellFormed()) {
    const detail = 'the expression holds a control character or broken Unicode';
    return { code: 'control_character', from: control?.index ?? 0, detail };
  }
  return null;
}
