import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterInput, ClusterView } from '@alertagent/contracts';
import { startAlertmanager, startPrometheus, type RunningServer } from '@alertagent/local-stack';
import { ApiError, type ApiClient } from './api-client';
import { portOrFree } from './ports';
import { mainOf } from './services';
import { STARTER_RULES } from './starter-rules';
import { SupervisedProcess } from './supervised-process';
import { check, showLine } from './terminal';

/** Name of the demo cluster. */
export const LOCAL = 'local';

/** Wanted ports of the demo's own servers; another one is taken when somebody has it. */
const PROMETHEUS_PORT = 19_090;
const ALERTMANAGER_PORT = 19_093;
/** The flags the sidecar's image uses too: it must stay small. */
const SIDECAR_FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=24', '--lite-mode'];

/** Where the demo's own servers listen. */
export interface LocalPorts {
  prometheus: number;
  alertmanager: number;
}

export const localPorts = async (): Promise<LocalPorts> => ({
  prometheus: await portOrFree(PROMETHEUS_PORT),
  alertmanager: await portOrFree(ALERTMANAGER_PORT),
});

/** What must be allowed by name, since it is on loopback: else nothing could be asked of the demo's Prometheus and Alertmanager. */
export const localOrigins = ({ prometheus, alertmanager }: LocalPorts): [prometheus: string, alertmanager: string] => [
  `http://127.0.0.1:${prometheus}`,
  `http://127.0.0.1:${alertmanager}`,
];

interface Tokens {
  webhook: string;
  sync: string;
}

export interface LocalClusterOptions {
  dataDir: string;
  ports: LocalPorts;
  api: ApiClient;
  /** Public address of AlertAgent. */
  endpoint: string;
  /** `host:port` of services whose metrics are scraped, so that there is something to write rules about. */
  scrape: readonly string[];
  onHopeless: (name: string) => void;
}

/** A real Prometheus and Alertmanager on this machine, each with its sidecar, registered as the cluster `local`. */
export class LocalCluster {
  private constructor(
    readonly prometheusUrl: string,
    readonly alertmanagerUrl: string,
    private readonly servers: readonly RunningServer[],
    private readonly sidecars: readonly SupervisedProcess[],
  ) {}

  static async start(options: LocalClusterOptions): Promise<LocalCluster> {
    const directory = join(options.dataDir, 'local-cluster');
    const rulesDir = join(directory, 'prometheus', 'rules');
    const alertmanagerDir = join(directory, 'alertmanager');
    for (const path of [rulesDir, alertmanagerDir]) mkdirSync(path, { recursive: true, mode: 0o700 });
    const tokens = await registered(options, directory);
    writeSecret(join(alertmanagerDir, 'alertagent-webhook.token'), tokens.webhook);

    const configFile = join(alertmanagerDir, 'alertmanager.yml');
    const alertmanager = await startAlertmanager({
      dataDir: alertmanagerDir,
      port: options.ports.alertmanager,
      configFile,
      onLine: quiet('alertmanager'),
    });
    const prometheus = await startPrometheus({
      dataDir: join(directory, 'prometheus'),
      port: options.ports.prometheus,
      rulesGlob: join(rulesDir, '*.yml'),
      alertmanagers: [`127.0.0.1:${alertmanager.port}`],
      scrape: [`127.0.0.1:${options.ports.prometheus}`, ...options.scrape],
      // A Prometheus that was just started drops its first alerts: it has not discovered its Alertmanager yet.
      resendDelay: '5s',
      onLine: quiet('prometheus'),
    });
    const sidecars = [
      sidecar(
        'sidecar-prom',
        options,
        tokens,
        'prometheus',
        join(rulesDir, 'alertagent.rules.yml'),
        prometheus.reloadUrl,
      ),
      sidecar('sidecar-am', options, tokens, 'alertmanager', configFile, alertmanager.reloadUrl),
    ];
    for (const process of sidecars) process.start();
    return new LocalCluster(prometheus.url, alertmanager.url, [prometheus, alertmanager], sidecars);
  }

  async stop(): Promise<void> {
    await Promise.all(this.sidecars.map((process) => process.stop()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

/** The cluster's tokens: those kept from an earlier start, or new ones. A cluster registered just now gets the starter rules. */
async function registered({ api, ports }: LocalClusterOptions, directory: string): Promise<Tokens> {
  const file = join(directory, 'tokens.json');
  const known = await api.get<ClusterView>(`/clusters/${LOCAL}`).catch(missing);
  const [query_url, alertmanager] = localOrigins(ports);
  const addresses = { query_url, alertmanagers: [{ url: alertmanager }] };
  if (known) await keepAddresses(api, known, addresses);
  if (known && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Tokens;
  const tokens = known
    ? { webhook: await issue(api, 'webhook'), sync: await issue(api, 'sync') }
    : (
        await api.post<{ tokens: Tokens }>('/clusters', {
          name: LOCAL,
          labels: { environment: 'local' },
          config: { sync_interval: '5s' },
          ...addresses,
        })
      ).tokens;
  writeSecret(file, JSON.stringify(tokens));
  if (!known) {
    for (const rule of STARTER_RULES) await api.post('/rules', { ...rule, targets: [LOCAL] });
    check(`cluster "${LOCAL}" registered with ${STARTER_RULES.length} starter rules`);
  }
  return tokens;
}

/** Ports may be others at each start. Addresses that somebody gave the cluster stay, and a cluster that is being retired takes none. */
async function keepAddresses(
  api: ApiClient,
  { name, kind, endpoint, config, labels, query_url, alertmanagers, retirement }: ClusterView,
  addresses: Required<Pick<ClusterInput, 'query_url' | 'alertmanagers'>>,
): Promise<void> {
  const others = [query_url, ...(alertmanagers ?? []).map(({ url }) => url)].filter((url) => url && !isLocal(url));
  if (others.length > 0 || retirement) return;
  await api.put(`/clusters/${LOCAL}`, { name, kind, endpoint, config, labels, ...addresses });
}

const isLocal = (url: string): boolean => url.startsWith('http://127.0.0.1:');

async function issue(api: ApiClient, purpose: keyof Tokens): Promise<string> {
  return (await api.post<{ token: string }>(`/clusters/${LOCAL}/tokens`, { purpose, name: 'local demo' })).token;
}

function missing(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

function writeSecret(file: string, content: string): void {
  writeFileSync(file, content, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function sidecar(
  name: string,
  { endpoint, onHopeless }: LocalClusterOptions,
  { sync }: Tokens,
  type: string,
  configPath: string,
  reloadUrl: string,
): SupervisedProcess {
  const env = {
    ...process.env,
    ALERTAGENT_ENDPOINT: endpoint,
    ALERTAGENT_TOKEN: sync,
    CLUSTER_ID: LOCAL,
    CONFIG_TYPE: type,
    CONFIG_PATH: configPath,
    RELOAD_URL: reloadUrl,
    SYNC_INTERVAL: '5s',
  };
  return new SupervisedProcess(
    name,
    { file: process.execPath, args: [...SIDECAR_FLAGS, mainOf('sidecar')], env },
    onHopeless,
  );
}

/** Prometheus and Alertmanager log a lot; their warnings are what matters here. */
const quiet =
  (name: string) =>
  (line: string): void => {
    if (/level=(warn|error)/.test(line)) showLine(name, line);
  };
