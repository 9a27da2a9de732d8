import type { SuppressionDefinition } from '@alertagent/alerting';
import type { Suppression } from './suppression.entity';

/** The part of a definition that has no column of its own. */
export type SuppressionTerms = Pick<
  SuppressionDefinition,
  'match' | 'condition' | 'duration' | 'recurrence' | 'source' | 'equal' | 'cap' | 'label_hashes'
>;

/** A row as decisions use it. The order of the fields is part of the policy's hash. */
export function definitionOf(row: Suppression): SuppressionDefinition {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    owner: row.owner,
    reason: row.reason,
    starts_at_ms: row.starts_at,
    ends_at_ms: row.ends_at,
    ...row.definition,
  };
}
