import { ValidateBy } from 'class-validator';
import { Setting } from './setting';

const SEVERITIES = ['error', 'warning', 'info', 'off'];

/** What is expected of rules beyond that Prometheus loads them. */
export class RulesSettings {
  @Setting({
    type: 'map',
    doc: 'Severity of single checks: error, warning, info or off, e.g. `missing-runbook: warning`. The checks have pages in docs/rules/checks.',
  })
  @ValidateBy({
    name: 'isSeverityMap',
    validator: {
      validate: (value) => Object.values(value as object).every((severity) => SEVERITIES.includes(severity as string)),
      defaultMessage: () => 'must be error, warning, info or off for each check',
    },
  })
  check_severities: Record<string, string> = {};

  @Setting({
    type: 'boolean',
    doc: 'Whether promtool, where there is one (`ALERTAGENT_PROMTOOL_BIN` or PATH), judges rules as well, behind the back of whoever asks; what it judges differently is listed at GET /api/v1/rules/disagreements.',
  })
  second_judge: boolean = true;
}
