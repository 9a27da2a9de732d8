import { GroupTexts, renderRuleFile, type PlacedRule } from '@alertagent/alerting';
import type { Bench } from '../bench';
import type { Figure } from '../figure';
import { median, percentile } from '../percentile';

const RULES = 10_000;
const CLUSTERS = 100;
const RULES_PER_GROUP = 20;
const CHANGES = 50;
/** As in the config service. */
const REMEMBERED_CHARACTERS = 24_000_000;

/** How long the files of many clusters take, and the next file of one of them after a change. */
export const render: Bench = {
  name: 'render',
  summary: `the files of ${CLUSTERS} clusters with ${RULES} rules each, and one of them after a change; without asking for the rules and without promtool`,
  run: async ({ say }) => {
    const texts = new GroupTexts(REMEMBERED_CHARACTERS);
    const rules = Array.from({ length: RULES }, (_, number) => ruleOf(number, 1));
    const alone = timeOf(() => renderRuleFile(rules));
    say(`one file without a memory: ${Math.round(alone)} ms`);
    const all = timeOf(() => {
      for (let cluster = 0; cluster < CLUSTERS; cluster += 1) renderRuleFile(rules, [], texts);
    });
    const changes = Array.from({ length: CHANGES }, (_, change) => {
      const number = (change * 197) % RULES;
      rules[number] = ruleOf(number, change + 2);
      return timeOf(() => renderRuleFile(rules, [], texts));
    });
    return [
      figure(`files of ${CLUSTERS} clusters`, all, 5_000),
      figure('one file after a change, median', median(changes), 50),
      figure('one file after a change, p95', percentile(changes, 0.95), 50),
      { name: 'one file, all of it anew', value: alone, unit: 'ms' },
    ];
  },
};

const figure = (name: string, value: number, bound: number): Figure => ({
  name,
  value,
  unit: 'ms',
  goal: { of: 'value', direction: 'at most', bound },
});

function timeOf(work: () => unknown): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function ruleOf(number: number, version: number): PlacedRule {
  return {
    rule_id: `rule-${number}`,
    version,
    name: `ErrorsAreMany${number}`,
    group: `service-${Math.floor(number / RULES_PER_GROUP)}`,
    position: number % RULES_PER_GROUP,
    expression: `sum by (instance) (rate(http_errors_total{job="service-${number}"}[5m])) > ${version}`,
    duration: '10m',
    severity: 'warning',
    labels: { team: `team-${number % 25}` },
    annotations: {
      summary: `Service ${number} on {{ $labels.instance }} answers with errors`,
      description: `More than ${version} errors per second for ten minutes; look at the last release first.`,
      runbook_url: `https://runbooks.example.org/service/${number}`,
    },
  };
}
