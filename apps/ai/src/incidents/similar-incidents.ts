import type { KnownIncident } from './known-incident';

/** A past incident and how much its labels have in common with today's, from 0 to 1. */
export interface RankedIncident extends KnownIncident {
  similarity: number;
}

const MIN_SIMILARITY = 0.3;
const MAX_RESULTS = 5;
/** What fires says more than where it fires. */
const ALERT_NAME_WEIGHT = 3;

/** The incidents whose labels overlap most with `labels`, best first, newer first among equals; at most five. */
export function rankSimilar(labels: Record<string, string>, candidates: readonly KnownIncident[]): RankedIncident[] {
  return candidates
    .map((candidate) => ({ ...candidate, similarity: overlap(labels, candidate.labels) }))
    .filter(({ similarity }) => similarity >= MIN_SIMILARITY)
    .sort((a, b) => b.similarity - a.similarity || b.openedAt.getTime() - a.openedAt.getTime())
    .slice(0, MAX_RESULTS);
}

/** The share of labels, by weight, that both have with the same value; rounded to two digits. */
function overlap(a: Record<string, string>, b: Record<string, string>): number {
  let shared = 0;
  let all = 0;
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const weight = name === 'alertname' ? ALERT_NAME_WEIGHT : 1;
    all += weight;
    if (Object.hasOwn(a, name) && Object.hasOwn(b, name) && a[name] === b[name]) shared += weight;
  }
  return all === 0 ? 0 : Math.round((shared / all) * 100) / 100;
}
