import type { TreeCursor } from '@lezer/common';
import { unquotePromqlString } from '../promql-string';
import { parsePromql } from './expression-places';

/** A part of an expression that took the place of a placeholder. */
export interface FilledSpan {
  from: number;
  to: number;
  /** What it must mean once Prometheus has read the string around it. */
  meant: string;
}

/**
 * Whether two expressions have the same syntax tree and the same text, but for `spans` of the second: there it must hold
 * exactly what was meant, whatever characters that has.
 */
export function hasSameTree(first: string, second: string, spans: readonly FilledSpan[]): boolean {
  const [a, b] = [parsePromql(first).cursor(), parsePromql(second).cursor()];
  for (;;) {
    if (a.name !== b.name) return false;
    const [aInside, bInside] = [a.firstChild(), b.firstChild()];
    if (aInside !== bInside) return false;
    if (aInside) continue;
    if (!isSameLeaf(first.slice(a.from, a.to), second, b, spans)) return false;
    for (;;) {
      const [aNext, bNext] = [a.nextSibling(), b.nextSibling()];
      if (aNext !== bNext) return false;
      if (aNext) break;
      const [aUp, bUp] = [a.parent(), b.parent()];
      if (aUp !== bUp) return false;
      if (!aUp) return true;
    }
  }
}

function isSameLeaf(before: string, expression: string, leaf: TreeCursor, spans: readonly FilledSpan[]): boolean {
  const inside = spans.filter(({ from, to }) => from > leaf.from && to < leaf.to);
  if (leaf.name === 'StringLiteral' && inside.length > 0) return holdsWhatWasMeant(expression, leaf, inside);
  const isFilled = spans.some(({ from, to }) => from <= leaf.from && to >= leaf.to);
  return isFilled || expression.slice(leaf.from, leaf.to) === before;
}

function holdsWhatWasMeant(
  expression: string,
  literal: { from: number; to: number },
  inside: readonly FilledSpan[],
): boolean {
  const quote = expression[literal.from]!;
  const parts: (string | null)[] = [];
  let at = literal.from + 1;
  for (const { from, to, meant } of inside) {
    parts.push(unquotePromqlString(quote + expression.slice(at, from) + quote), meant);
    at = to;
  }
  parts.push(unquotePromqlString(quote + expression.slice(at, literal.to - 1) + quote));
  if (parts.includes(null)) return false;
  return unquotePromqlString(expression.slice(literal.from, literal.to)) === parts.join('');
}
