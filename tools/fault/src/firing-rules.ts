import { writeFileSync } from 'node:fs';
import { LEDGER_LABEL } from './webhook-text';

/** Writes a rule file of which each rule is one alert that fires, or none of them do. */
export function writeFiringRules(file: string, ids: readonly string[], fires: boolean): void {
  const rules = ids.map((id, index) => ({
    alert: `Always${index % 5}`,
    expr: fires ? 'vector(1)' : 'vector(1) > 2',
    labels: { severity: 'warning', service: `service-${index % 3}`, [LEDGER_LABEL]: id },
    annotations: { summary: 'fires because it is told to' },
  }));
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'always', rules }] }));
}
