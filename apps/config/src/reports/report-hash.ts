import { createHash } from 'node:crypto';
import type { SidecarReport } from '@alertagent/contracts';

/** SHA-256, hex, over what matters in a report: heartbeats that only carry newer times and durations have the same. */
export function reportHash(report: SidecarReport): string {
  const { state, revision, hash, loaded_hash, reason, target, drift_repaired, keys, rules } = report;
  const facts = [
    [state, revision ?? null, hash ?? null, loaded_hash ?? null, reason ?? null, drift_repaired ?? 0],
    [target?.healthy ?? null, target?.version ?? null],
    keys ? [keys.trusted ?? null, keys.revision ?? null, keys.set ?? null] : null,
    rules.map((rule) => [
      rule.group,
      rule.name,
      rule.rule_id ?? null,
      rule.rule_version ?? null,
      rule.status,
      rule.reason ?? null,
    ]),
  ];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}
