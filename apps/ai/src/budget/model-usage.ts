import type { ModelUsage } from '@alertagent/contracts';
import { MICROS } from './amounts';
import type { ModelCall } from './model-call';

/** What these calls took together; one that never ended counts until its deadline, with what was set aside for it. */
export function usageOf(calls: readonly ModelCall[], now: Date): ModelUsage {
  const counted = calls.filter(
    ({ state, deadline }) => state === 'settled' || (state === 'reserved' && deadline > now),
  );
  const sum = (of: (call: ModelCall) => number): number => counted.reduce((total, call) => total + of(call), 0);
  return {
    calls: calls.filter(({ state }) => state !== 'refused').length,
    input_tokens: sum(({ inputTokens }) => inputTokens),
    output_tokens: sum(({ outputTokens }) => outputTokens),
    cost: sum((call) => call.costMicros) / MICROS,
    ms: sum(({ ms }) => ms),
    estimated: calls.some(({ isEstimated, state }) => isEstimated && state !== 'refused'),
  };
}
