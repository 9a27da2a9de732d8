import type { Candidate, CompiledSuppression, SuppressionParts } from './compiled-suppression';
import { shown } from './compiled-suppression';
import type { Recurrence } from './recurrence';

/** Planned work: one window, or windows that recur. */
export function compileMaintenance(
  { definition, targets }: SuppressionParts,
  recurrence: Recurrence | null,
): CompiledSuppression {
  const { ends_at_ms } = definition;
  if (!recurrence) {
    const why = `the maintenance lasts until ${shown(ends_at_ms ?? 0)}`;
    return { definition, targets, hides: () => why, hidesUntil: () => ends_at_ms };
  }
  const until = (at: number): number | null => {
    const window = recurrence.windowAt(at);
    return window && Math.min(window.to, ends_at_ms ?? Infinity);
  };
  const hides = ({ alert, at, isNew }: Candidate): string | null => {
    const end = until(at) ?? (isNew ? until(alert.starts_at_ms) : null);
    return end === null ? null : `its maintenance window lasts until ${shown(end)}`;
  };
  return { definition, targets, hides, hidesUntil: (_alert, at) => until(at) };
}
