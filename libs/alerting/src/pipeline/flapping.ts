import type { CompiledPolicy } from '../policy/compile-policy';
import type { EpisodeFacts } from './facts';

const KEPT = 32;

/** The state changes of an alert after one more of them, and whether they are so many that it flaps. */
export function stateChange(
  { flapping: rule }: Pick<CompiledPolicy, 'flapping'>,
  previous: EpisodeFacts | null,
  at: number,
): { changes: number[]; flapping: boolean } {
  // Kept a little longer than the window: a policy with a longer one finds something to count.
  const changes = [...(previous?.changes ?? []), at].slice(-KEPT);
  const recent = changes.filter((change) => change > at - rule.window_ms).length;
  return { changes, flapping: rule.enabled && recent >= rule.changes };
}
