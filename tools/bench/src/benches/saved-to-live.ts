import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AlertAgent } from '@alertagent/e2e/alertagent';
import { MonitoredCluster } from '@alertagent/e2e/monitored-cluster';
import { pollUntil } from '@alertagent/local-stack';
import { BareReload } from '../bare/bare-reload';
import { profilingEnv, type Bench, type BenchSettings } from '../bench';
import { withCleanUp } from '../clean-up';
import type { Figure } from '../figure';
import { percentile } from '../percentile';

const CHANGES = 40;
/** How often this Prometheus evaluates; a change waits for the next evaluation. */
const EVALUATION_MS = 1_000;

interface Distribution {
  targets: { status: string; version: number; reason?: string | null }[];
}

/** How long a changed rule takes from being saved to being proven live. */
export const savedToLive: Bench = {
  name: 'saved-to-live',
  summary: `${CHANGES} changes of a rule, one after the other, each from the PUT's answer until it is read back and evaluated`,
  run: (settings) =>
    withCleanUp(async (later) => {
      settings.say('starting AlertAgent, Prometheus, Alertmanager and sidecars');
      const agent = await AlertAgent.start({ env: profilingEnv(settings) });
      later(() => agent.stop());
      const cluster = await MonitoredCluster.join(agent, 'bench');
      later(() => cluster.stop());
      return measure(agent, cluster, settings);
    }),
};

async function measure(agent: AlertAgent, cluster: MonitoredCluster, { say }: BenchSettings): Promise<Figure[]> {
  const rule = new ChangedRule(agent, cluster.id);
  await rule.create();
  say(`${CHANGES} changes through AlertAgent, each beside one by hand`);
  const bare = new BareReload(cluster.prometheus, join(rulesFolder(cluster), 'bare.yml'));
  await bare.change(0);
  const product: number[] = [];
  const limit: number[] = [];
  for (let change = 1; change <= CHANGES; change += 1) {
    // A change that follows at once on the last one's evaluation would always wait a whole interval for the next.
    await delay((EVALUATION_MS * change) / CHANGES);
    product.push(await rule.change(change));
    await delay((EVALUATION_MS * change) / CHANGES);
    limit.push(await bare.change(change));
  }
  await bare.remove();
  const figure = (share: number): Figure => ({
    name: `rule saved -> live, p${share * 100}`,
    value: percentile(product, share),
    unit: 'ms',
    limit: { name: 'write, reload, read back', value: percentile(limit, share) },
  });
  return [
    figure(0.5),
    {
      ...figure(0.95),
      goal: { of: 'value', direction: 'at most', bound: 1_000 },
      note: `both include the wait for the next evaluation, 0 to ${EVALUATION_MS} ms here; ${range(product)} against ${range(limit)}`,
    },
  ];
}

const range = (values: readonly number[]): string =>
  `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))} ms`;

/** The folder that the cluster's Prometheus reads rule files from. */
function rulesFolder(cluster: MonitoredCluster): string {
  const { rule_files: files } = JSON.parse(readFileSync(cluster.prometheus.configFile, 'utf8')) as {
    rule_files: string[];
  };
  const [glob] = files;
  if (glob === undefined) throw new Error('this Prometheus reads no rule files');
  return dirname(glob);
}

class ChangedRule {
  private id = '';

  constructor(
    private readonly agent: AlertAgent,
    private readonly clusterId: string,
  ) {}

  async create(): Promise<void> {
    const created = await this.agent.call<{ id: string }>('POST', '/api/v1/rules', this.body(0));
    if (created.status !== 201) throw new Error(`the rule was not created: ${JSON.stringify(created)}`);
    this.id = created.body.id;
    await this.live(1);
  }

  /** Milliseconds from the answer to the change until it is live. */
  async change(threshold: number): Promise<number> {
    const changed = await this.agent.call<{ version: number }>('PUT', `/api/v1/rules/${this.id}`, this.body(threshold));
    const saved = performance.now();
    if (changed.status !== 200) throw new Error(`the rule was not changed: ${JSON.stringify(changed)}`);
    await this.live(changed.body.version);
    return performance.now() - saved;
  }

  private body(threshold: number): object {
    return {
      name: 'BenchRule',
      expression: `demo_value > ${threshold}`,
      severity: 'warning',
      targets: [this.clusterId],
    };
  }

  private async live(version: number): Promise<void> {
    await pollUntil(
      async () => {
        const { targets } = await this.agent.get<Distribution>(`/rules/${this.id}/distribution`);
        return targets.length === 1 && targets[0]?.status === 'live' && targets[0].version === version;
      },
      { what: `version ${version} to be live`, timeoutMs: 60_000, intervalMs: 10 },
    );
  }
}
