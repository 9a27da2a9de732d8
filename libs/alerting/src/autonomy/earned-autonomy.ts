import { betaQuantile } from './beta-distribution';

/** What a record must show before an action runs without a person. */
export interface AutonomyBar {
  /** The lower quantile of the posterior must be at least this. */
  lower_bound: number;
  /** Which quantile: 0.05 means that the true rate is above the bound with 95 % probability. */
  quantile: number;
  /** Outcomes that there must be at least. */
  min_outcomes: number;
  /** Only this many of the newest outcomes count: what worked last year says little. */
  window: number;
  /** Of the ten newest outcomes at most this many may be failures, however long and good the record was before. */
  max_recent_failures: number;
}

/** How many of the newest outcomes `max_recent_failures` is about. */
export const RECENT_OUTCOMES = 10;

/** The measured record of one action for one rule. */
export interface AutonomyRecord {
  /** Outcomes that count. */
  outcomes: number;
  successes: number;
  failures: number;
  recent_failures: number;
  /** The mean of the Beta posterior, which starts from Beta(1, 1). */
  mean: number;
  lower: number;
  is_earned: boolean;
  /** Why it is not earned; null when it is. */
  missing: string | null;
}

/** Judges a record. `outcomes`, newest first, are true where people or a post-check said that the suggestion was right. */
export function judgeRecord(outcomes: readonly boolean[], bar: AutonomyBar): AutonomyRecord {
  const counted = outcomes.slice(0, bar.window);
  const successes = counted.filter(Boolean).length;
  const failures = counted.length - successes;
  const recent_failures = outcomes.slice(0, RECENT_OUTCOMES).filter((isGood) => !isGood).length;
  const lower = betaQuantile(bar.quantile, successes + 1, failures + 1);
  const missing = missingOf({ outcomes: counted.length, recent_failures, lower }, bar);
  return {
    outcomes: counted.length,
    successes,
    failures,
    recent_failures,
    mean: (successes + 1) / (counted.length + 2),
    lower,
    is_earned: missing === null,
    missing,
  };
}

function missingOf(
  { outcomes, recent_failures, lower }: Pick<AutonomyRecord, 'outcomes' | 'recent_failures' | 'lower'>,
  bar: AutonomyBar,
): string | null {
  if (outcomes < bar.min_outcomes) return `${outcomes} of ${bar.min_outcomes} outcomes that there must be`;
  if (recent_failures > bar.max_recent_failures)
    return `${recent_failures} of the last ${RECENT_OUTCOMES} failed; at most ${bar.max_recent_failures} may`;
  if (lower < bar.lower_bound)
    return `with ${percent(1 - bar.quantile)} probability it works in at least ${percent(lower)} of cases; ${percent(bar.lower_bound)} are needed`;
  return null;
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
