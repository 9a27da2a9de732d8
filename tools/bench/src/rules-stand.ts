import { AlertAgent } from '@alertagent/e2e/alertagent';
import type { RuleImportView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { profilingEnv, type BenchSettings } from './bench';
import { startBenchMariadb } from './bench-mariadb';
import { withCleanUp } from './clean-up';
import type { Figure } from './figure';

/** Where AlertAgent keeps its rules in a bench. */
export const RULE_DATABASES = ['SQLite', 'MariaDB'] as const;
export type RuleDatabase = (typeof RULE_DATABASES)[number];

const RULES_PER_GROUP = 20;
const SEVERITIES = ['critical', 'warning', 'info'];
const TEAMS = 25;

/** Measures on each database, one after the other, each with an AlertAgent of its own. */
export async function onEachDatabase(
  settings: BenchSettings,
  measure: (stand: RulesStand) => Promise<Figure[]>,
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const database of RULE_DATABASES) {
    settings.say(`starting AlertAgent on ${database}`);
    figures.push(...(await withCleanUp(async (later) => measure(await RulesStand.start(database, settings, later)))));
  }
  return figures;
}

/** AlertAgent with nothing but rules to do. */
export class RulesStand {
  private constructor(
    readonly agent: AlertAgent,
    readonly database: RuleDatabase,
    readonly say: (text: string) => void,
  ) {}

  static async start(
    database: RuleDatabase,
    settings: BenchSettings,
    later: (undo: () => Promise<unknown>) => void,
  ): Promise<RulesStand> {
    const env = profilingEnv(settings);
    if (database === 'MariaDB') {
      const mariadb = await startBenchMariadb();
      later(() => mariadb.stop());
      env['ALERTAGENT_DATABASE_URL'] = await mariadb.createDatabase('alertagent');
    }
    const agent = await AlertAgent.start({ env });
    later(() => agent.stop());
    return new RulesStand(agent, database, settings.say);
  }

  /** Registers a cluster without members; answers its name. */
  async cluster(name: string): Promise<string> {
    const made = await this.agent.call('POST', '/api/v1/clusters', { name });
    if (made.status !== 201) throw new Error(`the cluster was not registered: ${JSON.stringify(made)}`);
    return name;
  }

  /** Takes a rule file in, from the request to the end that is seen. Errors: a rule was refused. */
  async import(file: string, targets?: string): Promise<{ ms: number; view: RuleImportView }> {
    const query = targets === undefined ? '' : `?targets=${targets}`;
    const began = performance.now();
    const response = await fetch(`${this.agent.url}/api/v1/rules/import${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.agent.adminToken}`, 'content-type': 'application/yaml' },
      body: file,
    });
    if (response.status !== 202) throw new Error(`the import was refused: ${await response.text()}`);
    const { id } = (await response.json()) as RuleImportView;
    const look = async (): Promise<RuleImportView | null> => {
      const view = await this.agent.get<RuleImportView>(`/rules/imports/${id}`);
      return view.ended_at ? view : null;
    };
    const view = await pollUntil(look, { what: 'the import has ended', timeoutMs: 600_000, intervalMs: 100 });
    if (view.state !== 'done' || view.counts.refused > 0) throw new Error(`the import: ${JSON.stringify(view)}`);
    return { ms: performance.now() - began, view };
  }
}

/** A rule file with so many different alerting rules, 20 to a group. */
export function ruleFileOf(rules: number): string {
  const lines = ['groups:'];
  for (let number = 0; number < rules; number += 1) {
    if (number % RULES_PER_GROUP === 0) lines.push(`- name: service-${number / RULES_PER_GROUP}`, '  rules:');
    lines.push(...ruleLines(number));
  }
  return `${lines.join('\n')}\n`;
}

function ruleLines(number: number): string[] {
  return [
    `  - alert: ErrorsAreMany${number}`,
    `    expr: sum by (instance) (rate(http_errors_total{job="service-${number}"}[5m])) > ${number % 100}`,
    '    for: 10m',
    '    labels:',
    `      severity: ${SEVERITIES[number % SEVERITIES.length]}`,
    `      team: team-${number % TEAMS}`,
    '    annotations:',
    `      summary: 'Service ${number} on {{ $labels.instance }} answers with errors'`,
    `      description: 'More than ${number % 100} errors per second for ten minutes; look at the last release first.'`,
    `      runbook_url: https://runbooks.example.org/service/${number}`,
  ];
}
