import { lengthPrefixed, sha256Hex } from '../../hashing';
import { excerpt } from '../../problems';
import type { NormalisedAlert } from '../../webhook/normalised-alert';
import type { CompiledSuppression, SuppressionParts } from './compiled-suppression';
import { labelOf } from './compiled-suppression';

/**
 * While one alert fires it hides others that share labels with it: consequences behind their cause (inhibition), children behind their
 * parent (dependency). An alert that lacks one of the labels, or has it empty, shares nothing.
 *
 * An alert that could be hidden itself does not hide others of its sort, as in Alertmanager: neither itself, nor two of them one another.
 */
export function compileMarkerKind({ definition, targets, isSource }: SuppressionParts): CompiledSuppression {
  const { id, kind, name, match, condition, source, equal = [] } = definition;
  // Covers what the suppression says: after a change, alerts that were marked under its old words hide nothing by mistake.
  const words = sha256Hex(JSON.stringify([id, match, condition ?? null, source, equal]));
  const keyOf = (alert: NormalisedAlert, isTarget: boolean): string | null => {
    let values = '';
    for (const label of equal) {
      const value = labelOf(alert, label);
      if (value === '') return null;
      values += lengthPrefixed(value);
    }
    return sha256Hex(`${words}${isTarget ? 'target' : 'source'}${values}`);
  };
  const why =
    kind === 'dependency' ? 'what it depends on is down' : `its cause fires: ${excerpt(source?.join(', ') ?? name)}`;
  return {
    definition,
    targets,
    hides: (_candidate, { markers }) => (markers.some(({ suppression_id }) => suppression_id === id) ? why : null),
    hidesUntil: () => null,
    markerOf: (alert) => (isSource(alert) ? keyOf(alert, targets(alert)) : null),
    markersFor: (alert) => {
      if (!targets(alert)) return [];
      const keys = isSource(alert) ? [keyOf(alert, false)] : [keyOf(alert, false), keyOf(alert, true)];
      return keys.filter((key) => key !== null);
    },
  };
}
