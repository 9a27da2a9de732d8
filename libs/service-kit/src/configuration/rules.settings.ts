import { Max, Min, ValidateBy } from 'class-validator';
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

  @Setting({
    type: 'integer',
    doc: 'Series that one evaluation of a rule may read on a cluster before the check query-cost tells of it; 0 is without end.',
  })
  @Min(0)
  @Max(1_000_000_000)
  query_budget_series: number = 50_000;

  @Setting({ type: 'integer', doc: 'Samples that one evaluation may read, likewise.' })
  @Min(0)
  @Max(1_000_000_000)
  query_budget_samples: number = 5_000_000;
}
