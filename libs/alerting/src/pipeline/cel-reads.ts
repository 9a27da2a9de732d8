/** A label or annotation that an expression cannot do without. */
export interface Read {
  map: 'labels' | 'annotations';
  name: string;
}

/** Operators and calls that yield an error when an operand does. */
const STRICT: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'rcall']);

interface Node {
  op: string;
  args: unknown;
}

/**
 * What a condition reads without asking first whether it is there, so that it cannot be true where that is missing. Found through
 * `&&` only: an alternative or a question may do without. Evaluating such a condition ends in an exception, which costs many times
 * what looking for the label does, and most alerts lack the labels that conditions ask for.
 */
export function requiredReads(ast: unknown): Read[] {
  if (!isNode(ast)) return [];
  if (ast.op === '&&' && Array.isArray(ast.args)) return ast.args.flatMap(requiredReads);
  return strictReads(ast);
}

/** Whether all of it is there. */
export function hasReads(reads: readonly Read[], values: Readonly<Record<string, unknown>>): boolean {
  return reads.every(({ map, name }) => Object.hasOwn(values[map] as object, name));
}

function strictReads(node: Node): Read[] {
  // The negation of an error is an error; that of a conjunction may be true without one side of it.
  if (node.op === '!_') return isNode(node.args) ? strictReads(node.args) : [];
  if (!STRICT.has(node.op) || !Array.isArray(node.args)) return [];
  return node.args.flatMap((operand: unknown) => readOf(operand) ?? []);
}

/** `labels.name` or `labels['name']`. */
function readOf(node: unknown): Read | null {
  if (!isNode(node) || !Array.isArray(node.args)) return null;
  const [map, key] = node.args as [unknown, unknown];
  if (!isNode(map) || map.op !== 'id' || (map.args !== 'labels' && map.args !== 'annotations')) return null;
  const name = node.op === '.' ? key : node.op === '[]' && isNode(key) && key.op === 'value' ? key.args : null;
  return typeof name === 'string' ? { map: map.args, name } : null;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'op' in value && typeof value.op === 'string' && 'args' in value;
