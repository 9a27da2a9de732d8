import { createServer, type Server } from 'node:http';
import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  GuardedProcess,
  makeTempDir,
  removeDir,
  startAlertmanager,
  startPrometheus,
  type AlertmanagerServer,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { AlertAgent } from './alertagent';

const SIDECAR = join(__dirname, '../../sidecar/dist/main.js');

/** A rule as a real Prometheus shows it. */
export interface LoadedRule {
  name: string;
  query: string;
  annotations: Record<string, string>;
}

/** A cluster that an SRE team would have: real Prometheus, real Alertmanager, two sidecars, and something to measure. */
export class MonitoredCluster {
  /** The value of the metric `demo_value`, which the real Prometheus scrapes. */
  value = 0;

  private constructor(
    readonly id: string,
    readonly name: string,
    readonly tokens: { webhook: string; sync: string },
    private readonly directory: string,
    private readonly exporter: Server,
    readonly prometheus: PrometheusServer,
    readonly alertmanager: AlertmanagerServer,
    readonly sidecars: GuardedProcess[],
  ) {}

  static async join(agent: AlertAgent, name: string): Promise<MonitoredCluster> {
    const registered = await agent.call<{ id: string; tokens: { webhook: string; sync: string } }>(
      'POST',
      '/api/v1/clusters',
      {
        name,
        labels: { environment: 'test' },
        config: { sync_interval: '2s' },
      },
    );
    if (registered.status !== 201) throw new Error(`cluster not registered: ${JSON.stringify(registered)}`);
    const { id, tokens } = registered.body;
    const directory = await makeTempDir(`cluster-${name}`);
    const rulesDir = join(directory, 'rules');
    mkdirSync(rulesDir, { recursive: true });

    const exporter = createServer();
    await new Promise<void>((resolve) => exporter.listen(0, '127.0.0.1', resolve));
    const alertmanager = await startAlertmanager();
    const prometheus = await startPrometheus({
      rulesGlob: join(rulesDir, '*.yml'),
      alertmanagers: [`127.0.0.1:${alertmanager.port}`],
      scrape: [`127.0.0.1:${(exporter.address() as AddressInfo).port}`],
      resendDelay: '5s',
    });
    const sidecar = (type: string, configPath: string, reloadUrl: string): GuardedProcess =>
      new GuardedProcess({
        file: process.execPath,
        args: ['--max-semi-space-size=1', '--max-old-space-size=24', '--lite-mode', SIDECAR],
        env: {
          PATH: process.env['PATH'],
          ALERTAGENT_ENDPOINT: agent.url,
          ALERTAGENT_TOKEN: tokens.sync,
          CLUSTER_ID: id,
          CONFIG_TYPE: type,
          CONFIG_PATH: configPath,
          RELOAD_URL: reloadUrl,
          SYNC_INTERVAL: '2s',
        },
      });
    const sidecars = [
      sidecar('prometheus', join(rulesDir, 'alertagent.yml'), prometheus.reloadUrl),
      sidecar('alertmanager', alertmanager.configFile, alertmanager.reloadUrl),
    ];
    const cluster = new MonitoredCluster(id, name, tokens, directory, exporter, prometheus, alertmanager, sidecars);
    exporter.on('request', (_request, response) => {
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(`# TYPE demo_value gauge\ndemo_value ${cluster.value}\n`);
    });
    return cluster;
  }

  /** What the real Prometheus has loaded, by its own word. */
  async loadedRules(): Promise<LoadedRule[]> {
    const response = await fetch(`${this.prometheus.url}/api/v1/rules`);
    const { data } = (await response.json()) as { data: { groups: { rules: LoadedRule[] }[] } };
    return data.groups.flatMap((group) => group.rules);
  }

  async stop(): Promise<void> {
    await Promise.all(this.sidecars.map((sidecar) => sidecar.stop()));
    await Promise.all([this.prometheus.stop(), this.alertmanager.stop()]);
    await new Promise((resolve) => this.exporter.close(resolve));
    await removeDir(this.directory);
  }
}
