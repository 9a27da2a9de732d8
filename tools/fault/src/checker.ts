import type { Attempt, AlertStatus, Outcome } from './ledger';
import { ledgerId } from './webhook-text';

/** An alert as it was found in the database. */
export interface StoredAlert {
  /** Its ledger id; null when it carries none, and so was sent by nobody we know. */
  ledger_id: string | null;
  status: AlertStatus;
}

/** What the comparison of ledger and database found; lists hold ledger ids. */
export interface Verdict {
  attempted: number;
  /** Alerts that a 2xx was given for. */
  ok: number;
  stored: number;
  /** Acknowledged and not there. */
  lost: string[];
  /** There, and never sent, or refused each time. */
  phantom: string[];
  /** There although the sender was never told so: allowed. */
  recovered: number;
  /** There more than once. */
  duplicate: string[];
  /** Acknowledged as resolved and still firing. */
  reopened: string[];
}

/** The best outcome that an alert had: one 2xx is a promise, whatever else was answered. */
const RANK: Record<Outcome, number> = { refused: 0, unknown: 1, ok: 2 };

interface Known {
  outcome: Outcome;
  /** Whether its end was acknowledged. */
  isResolved: boolean;
}

/** Compares what was acknowledged with what is there, as Jepsen's queue checker does. */
export function check(prefix: string, attempts: readonly Attempt[], stored: Iterable<StoredAlert>): Verdict {
  const known = new Map<string, Known>();
  for (const { from, count, status, outcome } of attempts) {
    for (let number = from; number < from + count; number += 1) {
      const id = ledgerId(prefix, number);
      const before = known.get(id);
      const best = before && RANK[before.outcome] > RANK[outcome] ? before.outcome : outcome;
      const isResolved = (before?.isResolved ?? false) || (status === 'resolved' && outcome === 'ok');
      known.set(id, { outcome: best, isResolved });
    }
  }
  return compare(known, stored);
}

function compare(known: ReadonlyMap<string, Known>, stored: Iterable<StoredAlert>): Verdict {
  const verdict: Verdict = {
    attempted: known.size,
    ok: 0,
    stored: 0,
    lost: [],
    phantom: [],
    recovered: 0,
    duplicate: [],
    reopened: [],
  };
  const seen = new Set<string>();
  for (const { ledger_id, status } of stored) {
    verdict.stored += 1;
    const sent = ledger_id === null ? undefined : known.get(ledger_id);
    const name = ledger_id ?? 'without a ledger id';
    if (!sent || sent.outcome === 'refused') verdict.phantom.push(name);
    if (seen.has(name)) verdict.duplicate.push(name);
    else if (sent?.outcome === 'unknown') verdict.recovered += 1;
    if (sent?.isResolved && status === 'firing') verdict.reopened.push(name);
    seen.add(name);
  }
  for (const [id, { outcome }] of known) {
    if (outcome !== 'ok') continue;
    verdict.ok += 1;
    if (!seen.has(id)) verdict.lost.push(id);
  }
  return verdict;
}

/** The verdict's violations in words; empty when there is none. */
export function problemsOf({ lost, phantom, duplicate, reopened }: Verdict): string[] {
  const say = (what: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : [`${ids.length} ${what}, e.g. ${ids.slice(0, 3).join(', ')}`];
  return [
    ...say('acknowledged alerts lost', lost),
    ...say('alerts stored that nobody sent', phantom),
    ...say('alerts stored more than once', duplicate),
    ...say('resolved alerts found firing', reopened),
  ];
}
