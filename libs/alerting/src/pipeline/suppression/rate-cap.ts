import { lengthPrefixed, sha256Hex } from '../../hashing';
import type { NormalisedAlert } from '../../webhook/normalised-alert';
import type { CompiledSuppression, SuppressionParts } from './compiled-suppression';
import { labelOf } from './compiled-suppression';

/**
 * So many alerts in each window of fixed length, counted for each combination of label values. What is over the cap and still fires
 * gets its turn in a later window.
 */
export function compileRateCap({ definition, targets }: SuppressionParts, window_ms: number): CompiledSuppression {
  const { alerts, window, per } = definition.cap!;
  const identity = [definition.id, String(alerts), String(window_ms), ...per].map(lengthPrefixed).join('');
  const bucketOf = (at: number): number => at - (at % window_ms);
  const capOf = (alert: NormalisedAlert, at: number): { cap_key: string; bucket: number } => {
    const bucket = bucketOf(at);
    const values = per.map((name) => lengthPrefixed(labelOf(alert, name))).join('');
    return { cap_key: sha256Hex(`${identity}@${bucket}:${values}`), bucket };
  };
  const why = `more than ${alerts} in ${window}`;
  return {
    definition,
    targets,
    hides: ({ alert, at }, { caps }) => ((caps[capOf(alert, at).cap_key] ?? 0) >= alerts ? why : null),
    hidesUntil: (_alert, at) => bucketOf(at) + window_ms,
    capOf,
  };
}
