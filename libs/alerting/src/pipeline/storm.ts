import type { CompiledPolicy } from '../policy/compile-policy';
import type { IncidentFacts } from './facts';

/** The count of alerts in the present storm window, and what one more alert makes of it. */
export interface StormState {
  burst: { from: number; count: number };
  storm: 'none' | 'begins' | 'goes_on' | 'over';
}

/**
 * Counts an alert received at `at` into an incident's burst; `before` is null for the first alert of a group. Windows follow each other
 * without a gap as long as alerts come. A storm is over with the first alert after a window that had too few, or none at all.
 */
export function countBurst(
  { storm: rule }: Pick<CompiledPolicy, 'storm'>,
  before: Pick<IncidentFacts, 'burst_from' | 'burst_count' | 'storm_at'> | null,
  at: number,
): StormState {
  if (before === null || before.burst_from === null) return { burst: { from: at, count: 1 }, storm: 'none' };
  const age = at - before.burst_from;
  const raged = before.storm_at !== null;
  if (age > rule.window_ms) {
    const goesOn = raged && before.burst_count >= rule.alerts && age <= 2 * rule.window_ms;
    return { burst: { from: at, count: 1 }, storm: goesOn ? 'goes_on' : raged ? 'over' : 'none' };
  }
  const burst = { from: before.burst_from, count: before.burst_count + 1 };
  if (raged) return { burst, storm: 'goes_on' };
  return { burst, storm: burst.count >= rule.alerts ? 'begins' : 'none' };
}
