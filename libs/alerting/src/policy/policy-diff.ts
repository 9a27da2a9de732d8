import { pointerTo } from '../problems';

/** One difference between two JSON documents. */
export interface Difference {
  /** JSON pointer into the document after, or into the one before for what was removed. */
  pointer: string;
  change: 'added' | 'removed' | 'changed' | 'reordered';
  /** Null when it was not there. */
  before: unknown;
  after: unknown;
}

/**
 * How two JSON documents differ. Entries of lists that have names (or ids) are compared by them, so that one that was inserted at the
 * top is one difference and not a change of all that follow it. A field that is absent is the same as one that is null.
 */
export function diffOf(before: unknown, after: unknown, path: readonly (string | number)[] = []): Difference[] {
  const pointer = pointerTo(...path);
  if (isAbsent(before) && isAbsent(after)) return [];
  if (isAbsent(before)) return [{ pointer, change: 'added', before: null, after }];
  if (isAbsent(after)) return [{ pointer, change: 'removed', before, after: null }];
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => diffOf(own(before, name), own(after, name), [...path, name]));
  }
  return Object.is(before, after) ? [] : [{ pointer, change: 'changed', before, after }];
}

function diffLists(before: unknown[], after: unknown[], path: readonly (string | number)[]): Difference[] {
  const [keysBefore, keysAfter] = [keysOf(before), keysOf(after)];
  if (keysBefore === null || keysAfter === null) {
    const isSame = JSON.stringify(before) === JSON.stringify(after);
    return isSame ? [] : [{ pointer: pointerTo(...path), change: 'changed', before, after }];
  }
  const differences: Difference[] = [];
  for (const [index, key] of keysBefore.entries()) {
    if (!keysAfter.includes(key)) differences.push(...diffOf(before[index], null, [...path, index]));
  }
  for (const [index, key] of keysAfter.entries()) {
    const place = keysBefore.indexOf(key);
    differences.push(...diffOf(place < 0 ? null : before[place], after[index], [...path, index]));
  }
  const stayedBefore = keysBefore.filter((key) => keysAfter.includes(key));
  const stayedAfter = keysAfter.filter((key) => keysBefore.includes(key));
  if (stayedBefore.join('\n') !== stayedAfter.join('\n')) {
    differences.push({ pointer: pointerTo(...path), change: 'reordered', before: keysBefore, after: keysAfter });
  }
  return differences;
}

/** The names of all entries, when each has one of its own. */
function keysOf(list: unknown[]): string[] | null {
  const keys = list.map((item) => {
    if (!isObject(item)) return null;
    const key = own(item, 'id') ?? own(item, 'name');
    return typeof key === 'string' ? key : null;
  });
  const named = keys.filter((key) => key !== null);
  return named.length === list.length && new Set(named).size === list.length ? named : null;
}

const isAbsent = (value: unknown): boolean => value === null || value === undefined;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (value: Record<string, unknown>, name: string): unknown =>
  Object.hasOwn(value, name) ? value[name] : undefined;
