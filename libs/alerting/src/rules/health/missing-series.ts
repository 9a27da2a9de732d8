import { excerpt } from '../../problems';
import type { LabelMatcher, VectorSelector } from '../promql/ast';
import { readExpression } from '../promql/expression';
import { newestGrammar } from '../promql/grammar';

/** Whether a source has had a series that matches a selector within this many milliseconds before now. */
export type HasSeries = (selector: string, withinMs: number) => Promise<boolean>;

/** What had no sample for so long is missing. */
const RECENT_MS = 3_600_000;
/** What had one in this time was there, and is not any more. */
const WEEK_MS = 7 * 24 * 3_600_000;

/** Why a selector finds nothing at a source, as a sentence without a full stop; null when it finds something. Errors: those of `has`. */
export async function missingSeries(selector: string, has: HasSeries): Promise<string | null> {
  if (await has(selector, RECENT_MS)) return null;
  if (await has(selector, WEEK_MS)) return 'was there within the last week, and has had no series in the last hour';
  const read = readExpression(selector, newestGrammar()).expr;
  const name = read?.kind === 'vector' ? nameOf(read) : null;
  if (read?.kind !== 'vector' || name === null) return 'has had no series in the last week';
  const told = `the metric ${excerpt(name.value)}`;
  const labels = read.matchers.filter(({ name: label }) => label !== '__name__');
  if (labels.length === 0 || !(await has(print([name]), WEEK_MS))) return `${told} was not there in the last week`;
  for (const label of labels)
    if (!(await has(print([name, label]), WEEK_MS)))
      return `${told} was there in the last week, but never with ${excerpt(printMatcher(label))}`;
  return `${told} was there in the last week, but never with all of these labels`;
}

function nameOf({ name, matchers }: VectorSelector): Matcher | null {
  if (name !== null) return { name: '__name__', op: '=', value: name };
  return matchers.find(({ name: label, op }) => label === '__name__' && op === '=') ?? null;
}

type Matcher = Pick<LabelMatcher, 'name' | 'op' | 'value'>;

const print = (matchers: readonly Matcher[]): string => `{${matchers.map(printMatcher).join(',')}}`;

/** Names of labels that need quotes are known to newer sources only, which take them. */
const printMatcher = ({ name, op, value }: Matcher): string =>
  `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : JSON.stringify(name)}${op}${JSON.stringify(value)}`;
