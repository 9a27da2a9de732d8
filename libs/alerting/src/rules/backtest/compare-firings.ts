import { labelKey } from './alert-labels';
import { firingsWithin, type Period } from './firing-figures';
import type { FiredAlert, Firing } from './firings';

/** Two versions of a rule, side by side. Alerts are the same when their labels are. */
export interface FiringComparison {
  /** Time that the same alert fires with both. */
  both_ms: number;
  only_first_ms: number;
  only_second_ms: number;
  alerts_only_first: number;
  alerts_only_second: number;
}

/** Compares when alerts fire within the period. */
export function compareFirings(
  first: readonly FiredAlert[],
  second: readonly FiredAlert[],
  period: Period,
): FiringComparison {
  const [before, after] = [spansByAlert(first, period), spansByAlert(second, period)];
  const sum: FiringComparison = {
    both_ms: 0,
    only_first_ms: 0,
    only_second_ms: 0,
    alerts_only_first: 0,
    alerts_only_second: 0,
  };
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [one = [], two = []] = [before.get(key), after.get(key)];
    const shared = sharedLength(one, two);
    sum.both_ms += shared;
    sum.only_first_ms += lengthOf(one) - shared;
    sum.only_second_ms += lengthOf(two) - shared;
    if (two.length === 0) sum.alerts_only_first += 1;
    if (one.length === 0) sum.alerts_only_second += 1;
  }
  return sum;
}

type Span = [from: number, to: number];

function spansByAlert(alerts: readonly FiredAlert[], period: Period): Map<string, Span[]> {
  const spans = new Map<string, Span[]>();
  for (const alert of alerts) {
    const own = firingsWithin(alert, period).map((firing) => clip(firing, period));
    if (own.length > 0) spans.set(labelKey(alert.labels), own);
  }
  return spans;
}

const clip = ({ fired_at, ended_at }: Firing, { from, to }: Period): Span => [
  Math.max(fired_at, from),
  Math.min(ended_at ?? to, to),
];

const lengthOf = (spans: readonly Span[]): number => spans.reduce((sum, [from, to]) => sum + to - from, 0);

/** Both lists are in the order of time and do not overlap themselves. */
function sharedLength(one: readonly Span[], two: readonly Span[]): number {
  let [a, b, sum] = [0, 0, 0];
  while (a < one.length && b < two.length) {
    const [from, to] = [Math.max(one[a]![0], two[b]![0]), Math.min(one[a]![1], two[b]![1])];
    if (to > from) sum += to - from;
    if (one[a]![1] < two[b]![1]) a += 1;
    else b += 1;
  }
  return sum;
}
