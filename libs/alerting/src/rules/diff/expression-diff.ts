import { diffArrays } from 'diff';
import { promqlTools } from '../promql-tools';
import { compareExpressions, type ExpressionChange } from './compare-expressions';
import { parsePromql } from './promql-node';
import { textPart, type TextPart } from './text-diff';

/** How one expression became another. */
export interface ExpressionDiff {
  /** `formatting`: both mean the same to Prometheus. */
  change: 'formatting' | 'changed';
  before: string;
  after: string;
  /** The expression as it is written now, token by token, with what was taken out in its place. */
  parts: TextPart[];
  /** What was changed, named; empty for formatting, and when one of the two could not be parsed. */
  changes: ExpressionChange[];
}

interface Token {
  text: string;
  /** Blanks and comments before it. */
  lead: string;
}

/** Beyond this many tokens that differ, the expressions are shown one after the other. */
const MOST_EDITS = 1000;

/** Null when the two are the same text. */
export function diffExpressions(before: string, after: string): ExpressionDiff | null {
  if (before === after) return null;
  const [was, is] = [parsePromql(before), parsePromql(after)];
  const changes = was && is ? compareExpressions(was, is) : [];
  const isFormatting = was !== null && is !== null && changes.length === 0;
  return { change: isFormatting ? 'formatting' : 'changed', before, after, parts: tokenParts(before, after), changes };
}

function tokenParts(before: string, after: string): TextPart[] {
  const comparator = (a: Token, b: Token) => a.text === b.text;
  const parts = diffArrays(tokensOf(before), tokensOf(after), { comparator, maxEditLength: MOST_EDITS });
  if (!parts) return [textPart('removed', before), textPart('added', after)];
  return parts.map((part) => {
    const op = part.added ? 'added' : part.removed ? 'removed' : 'same';
    return textPart(op, part.value.map(({ lead, text }) => lead + text).join(''));
  });
}

/** The tokens of the official grammar; punctuation that the grammar gives no name is a token each. */
function tokensOf(expression: string): Token[] {
  const named: { from: number; to: number }[] = [];
  promqlTools()
    .parser.parse(expression)
    .iterate({
      enter(node) {
        if (node.node.firstChild === null && node.name !== 'LineComment' && node.to > node.from)
          named.push({ from: node.from, to: node.to });
      },
    });
  const tokens: Token[] = [];
  let at = 0;
  let lead = '';
  const punctuation = (text: string): void => {
    for (const [piece] of text.matchAll(/#.*|\s+|[^\s]/g)) {
      if (/^[\s#]/.test(piece)) lead += piece;
      else [tokens[tokens.length], lead] = [{ text: piece, lead }, ''];
    }
  };
  for (const { from, to } of named) {
    punctuation(expression.slice(at, from));
    [tokens[tokens.length], lead] = [{ text: expression.slice(from, to), lead }, ''];
    at = to;
  }
  punctuation(expression.slice(at));
  return lead === '' ? tokens : [...tokens, { text: '', lead }];
}
