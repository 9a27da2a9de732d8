import type { CompiledSuppression, SuppressionParts } from './compiled-suppression';

/** Alerts that a condition holds for, each for a while from its start or for as long as it fires. `duration_ms` null: without end. */
export function compileConditionKind(
  { definition, targets }: SuppressionParts,
  duration_ms: number | null,
): CompiledSuppression {
  const isOver = (starts_at_ms: number, at: number): boolean => duration_ms !== null && at - starts_at_ms > duration_ms;
  const why =
    duration_ms === null
      ? 'its condition holds'
      : `its condition holds, for ${definition.duration} from the alert’s start`;
  return {
    definition,
    targets,
    hides: ({ alert, at }) => (isOver(alert.starts_at_ms, at) ? null : why),
    hidesUntil: ({ starts_at_ms }) => {
      const end = duration_ms === null ? definition.ends_at_ms : starts_at_ms + duration_ms;
      return end === null ? null : Math.min(end, definition.ends_at_ms ?? Infinity);
    },
  };
}
