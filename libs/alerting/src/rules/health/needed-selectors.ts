import { child, parsePromql, type PromqlNode } from '../diff/promql-node';

/** Functions that are about series that are not there. */
const ABOUT_ABSENCE: ReadonlySet<string> = new Set(['absent', 'absent_over_time']);

/**
 * The selectors, as written, without whose series an expression cannot do what it is for. Those inside of `absent` are left out, and
 * so are those with a parameter in them. Nothing for an expression that does not follow the grammar.
 */
export function neededSelectors(expression: string): string[] {
  const tree = parsePromql(expression);
  if (!tree) return [];
  const found = new Set<string>();
  collect(tree, found);
  return [...found].filter((selector) => !selector.includes('${'));
}

function collect(node: PromqlNode, found: Set<string>): void {
  const name = child(node, 'FunctionIdentifier')?.text;
  if (name !== undefined && ABOUT_ABSENCE.has(name)) return;
  if (node.kind === 'VectorSelector') found.add(node.text);
  for (const each of node.children) collect(each, found);
}
