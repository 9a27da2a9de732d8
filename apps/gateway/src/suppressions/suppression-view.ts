import type { SuppressionDefinition } from '@alertagent/alerting';
import { iso, isoOrNull } from '../alerts/wire-time';
import { definitionOf, type SuppressionTerms } from './suppression-terms';
import type { SuppressionView } from './suppression.dto';
import type { Suppression } from './suppression.entity';

/** A suppression as the API shows it; `now` in epoch milliseconds. */
export function suppressionView(row: Suppression, now: number): SuppressionView {
  return {
    ...definitionView(definitionOf(row), now, row.enabled),
    origin: 'api',
    version: row.version,
    created_at: iso(row.created_at),
    updated_at: iso(row.updated_at),
  };
}

/** One of the configuration file: always there, and changed only with the file. */
export function configuredView(definition: SuppressionDefinition, now: number): SuppressionView {
  const since = iso(definition.starts_at_ms);
  return {
    ...definitionView(definition, now, true),
    origin: 'configuration',
    version: 0,
    created_at: since,
    updated_at: since,
  };
}

function definitionView(
  definition: SuppressionDefinition,
  now: number,
  enabled: boolean,
): Omit<SuppressionView, 'origin' | 'version' | 'created_at' | 'updated_at'> {
  const { id, name, kind, owner, reason, starts_at_ms, ends_at_ms } = definition;
  return {
    id,
    name,
    kind,
    owner,
    reason,
    enabled,
    active: enabled && starts_at_ms <= now && (ends_at_ms === null || now < ends_at_ms),
    starts_at: iso(starts_at_ms),
    ends_at: isoOrNull(ends_at_ms),
    ...termsView(definition),
  };
}

const termsView = (terms: SuppressionTerms): Required<SuppressionTerms> & Pick<SuppressionView, 'condition'> => ({
  match: terms.match,
  condition: terms.condition ?? null,
  duration: terms.duration ?? null,
  recurrence: terms.recurrence ?? null,
  source: terms.source ?? [],
  equal: terms.equal ?? [],
  cap: terms.cap ?? null,
  label_hashes: terms.label_hashes ?? [],
});
