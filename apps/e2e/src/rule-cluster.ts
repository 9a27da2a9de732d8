import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  GuardedProcess,
  makeTempDir,
  removeDir,
  startPrometheus,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { AlertAgent } from './alertagent';

const SIDECAR = join(__dirname, '../../sidecar/dist/main.js');

/** The smallest cluster that rules can be distributed to: a real Prometheus and its sidecar. */
export class RuleCluster {
  private sidecar: GuardedProcess | null = null;

  private constructor(
    readonly id: string,
    readonly name: string,
    private readonly syncToken: string,
    private readonly endpoint: string,
    private readonly directory: string,
    private readonly prometheus: PrometheusServer,
  ) {}

  static async join(agent: AlertAgent, name: string, labels: Record<string, string>): Promise<RuleCluster> {
    const input = { name, labels, config: { sync_interval: '2s' } };
    const registered = await agent.call<{ id: string; tokens: { sync: string } }>('POST', '/api/v1/clusters', input);
    if (registered.status !== 201) throw new Error(`cluster not registered: ${JSON.stringify(registered)}`);
    const { id, tokens } = registered.body;
    const directory = await makeTempDir(`cluster-${name}`);
    mkdirSync(join(directory, 'rules'));
    const prometheus = await startPrometheus({ rulesGlob: join(directory, 'rules', '*.yml') });
    const cluster = new RuleCluster(id, name, tokens.sync, agent.url, directory, prometheus);
    cluster.startSidecar();
    return cluster;
  }

  startSidecar(): void {
    this.sidecar = new GuardedProcess({
      file: process.execPath,
      args: ['--max-semi-space-size=1', '--max-old-space-size=24', '--lite-mode', SIDECAR],
      env: {
        PATH: process.env['PATH'],
        ALERTAGENT_ENDPOINT: this.endpoint,
        ALERTAGENT_TOKEN: this.syncToken,
        CLUSTER_ID: this.id,
        CONFIG_TYPE: 'prometheus',
        CONFIG_PATH: this.path,
        RELOAD_URL: this.prometheus.reloadUrl,
        SYNC_INTERVAL: '2s',
      },
    });
  }

  async stopSidecar(): Promise<void> {
    await this.sidecar?.stop();
    this.sidecar = null;
  }

  /** The bytes of the rule file on its disk. */
  get file(): Buffer {
    return readFileSync(this.path);
  }

  /** The signing key that its sidecar trusts, as the sidecar wrote it down. */
  get trustedKey(): string {
    const path = join(this.directory, 'rules', '.alertagent.yml.alertagent-state.json');
    return (JSON.parse(readFileSync(path, 'utf8')) as { key: string }).key;
  }

  /** What the real Prometheus evaluates: `name version health` of each rule. */
  async loadedRules(): Promise<string[]> {
    const response = await fetch(`${this.prometheus.url}/api/v1/rules`);
    const { data } = (await response.json()) as {
      data: { groups: { rules: { name: string; health: string; annotations: Record<string, string> }[] }[] };
    };
    return data.groups.flatMap(({ rules }) =>
      rules.map(({ name, health, annotations }) => `${name} ${annotations['alertagent_rule_version']} ${health}`),
    );
  }

  async stop(): Promise<void> {
    await this.stopSidecar();
    await this.prometheus.stop();
    await removeDir(this.directory);
  }

  private get path(): string {
    return join(this.directory, 'rules', 'alertagent.yml');
  }
}
