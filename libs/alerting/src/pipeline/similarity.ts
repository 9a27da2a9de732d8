import { CmpStr } from 'cmpstr';

/** Pairs of texts whose similarity is remembered: alerts of one storm are compared with the same incidents again and again. */
const MOST_REMEMBERED = 5_000;

let comparer: ReturnType<typeof CmpStr.create> | null = null;
const remembered = new Map<string, number>();

/** How alike two texts are, 0 to 1: the share of pairs of letters that they have in common (Sørensen–Dice). */
export function similarity(a: string, b: string): number {
  if (a === b) return 1;
  // The measure does not depend on the order.
  const key = a < b ? `${a}\n${b}` : `${b}\n${a}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const score = compare(a, b);
  if (remembered.size >= MOST_REMEMBERED) remembered.delete(remembered.keys().next().value!);
  remembered.set(key, score);
  return score;
}

function compare(a: string, b: string): number {
  comparer ??= CmpStr.create({ metric: 'dice', raw: true });
  const result: unknown = comparer.test(a, b);
  const isScored = typeof result === 'object' && result !== null && 'res' in result;
  return isScored && typeof result.res === 'number' ? result.res : 0;
}
