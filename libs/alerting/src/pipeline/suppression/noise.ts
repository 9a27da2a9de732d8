import type { CompiledSuppression, SuppressionParts } from './compiled-suppression';
import { shown } from './compiled-suppression';

/** Alerts that are known to mean nothing, by their labels, until somebody has to look again. */
export function compileNoise({ definition, targets }: SuppressionParts): CompiledSuppression {
  const hashes = new Set(definition.label_hashes);
  const why = `known noise until ${shown(definition.ends_at_ms ?? 0)}`;
  return {
    definition,
    targets: (alert) => hashes.has(alert.label_hash) && targets(alert),
    hides: () => why,
    hidesUntil: () => definition.ends_at_ms,
  };
}
