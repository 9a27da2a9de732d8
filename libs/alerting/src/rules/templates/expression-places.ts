import type { SyntaxNode, Tree } from '@lezer/common';
import { promqlTools } from '../promql-tools';
import { placeholdersIn, type Placeholder } from './placeholders';

/** How the text around a placeholder is quoted. */
export type Quoting = 'bare' | 'double' | 'single' | 'raw' | 'comment';

/** What Prometheus makes of the string in which a placeholder stands. */
export type StringUse = 'text' | 'regex' | 'replacement';

export interface ExpressionPlace extends Placeholder {
  quoting: Quoting;
}

const QUOTES: Readonly<Record<string, Quoting>> = { '"': 'double', "'": 'single', '`': 'raw' };

/** The placeholders of an expression with the quotes they stand in. */
export function expressionPlaces(expression: string): ExpressionPlace[] {
  const places = placeholdersIn(expression);
  const found: ExpressionPlace[] = [];
  let quoting: Quoting = 'bare';
  let at = 0;
  for (const place of places) {
    while (at < place.from) {
      const character = expression[at]!;
      if (quoting === 'comment') {
        if (character === '\n') quoting = 'bare';
      } else if (quoting === 'bare') {
        if (character === '#') quoting = 'comment';
        else quoting = QUOTES[character] ?? 'bare';
      } else if (character === '\\' && quoting !== 'raw') at += 1;
      else if (QUOTES[character] === quoting) quoting = 'bare';
      at += 1;
    }
    at = place.to;
    found.push({ ...place, quoting });
  }
  return found;
}

export const parsePromql = (expression: string): Tree => promqlTools().parser.parse(expression);

/** The innermost node with exactly this extent. */
export function nodeAt(tree: Tree, from: number, to: number): SyntaxNode | null {
  let node: SyntaxNode | null = tree.resolveInner(from, 1);
  while (node && (node.from > from || node.to < to)) node = node.parent;
  return node && node.from === from && node.to === to ? node : null;
}

/** The string literal around an extent. */
export function literalAround(tree: Tree, from: number, to: number): SyntaxNode | null {
  let node: SyntaxNode | null = tree.resolveInner(from, from === to ? -1 : 1);
  while (node && node.name !== 'StringLiteral') node = node.parent;
  return node && node.from < from && node.to > to ? node : null;
}

/** Whether a string literal is read as a regular expression, as the replacement of one, or as plain text. */
export function useOfLiteral(literal: SyntaxNode, expression: string): StringUse {
  const parent = literal.parent;
  if (!parent) return 'text';
  if (parent.getChild('MatchOp')) {
    const operator = parent.getChild('MatchOp')!;
    return expression.slice(operator.from, operator.to).endsWith('~') ? 'regex' : 'text';
  }
  if (parent.name !== 'FunctionCallBody') return 'text';
  const called = parent.parent?.getChild('FunctionIdentifier');
  if (!called || expression.slice(called.from, called.to) !== 'label_replace') return 'text';
  const strings = parent.getChildren('StringLiteral');
  const index = strings.findIndex(({ from }) => from === literal.from);
  return index === 1 ? 'replacement' : index === 3 ? 'regex' : 'text';
}
