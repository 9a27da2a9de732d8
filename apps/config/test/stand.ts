import type { ConfigType, SidecarReport } from '@alertagent/contracts';
import { startService, type TestService } from '@alertagent/service-kit/testing';
import {
  ensureBinaries,
  makeTempDir,
  pollUntil,
  removeDir,
  startMariadb,
  startNats,
  type MariadbServer,
  type NatsServer,
} from '@alertagent/local-stack';
import { configService } from '../src/config-service';
import { Neighbours, type KnownCluster } from './neighbours';
import { TestClock } from './test-clock';

export type DatabaseKind = 'SQLite' | 'MariaDB';

/** An answer of the config service with its body read. */
export interface Fetched {
  status: number;
  headers: Headers;
  body: Buffer;
}

/** What every config service of these tests is started with. */
export const TEST_CONFIG = { security: { secret_key: 'a secret for tests, long enough to use' } };

/** How to fetch a configuration. */
export interface FetchOptions {
  type?: ConfigType;
  token?: string;
  named?: string;
  wait?: string;
  tag?: string;
  method?: 'GET' | 'HEAD';
}

/** The config service over a real NATS server and a real database, with its neighbours. */
export class Stand {
  readonly clock = new TestClock();

  private constructor(
    readonly nats: NatsServer,
    readonly mariadb: MariadbServer | null,
    readonly databaseUrl: string,
    private readonly sqliteDir: string | null,
    readonly neighbours: Neighbours,
  ) {}

  service!: TestService;
  /** Address of a service in a process of its own that is asked instead, while there is one. */
  elsewhere: string | null = null;

  static async start(kind: DatabaseKind): Promise<Stand> {
    const { promtool, amtool } = await ensureBinaries(['promtool', 'amtool']);
    process.env.ALERTAGENT_PROMTOOL_BIN = promtool;
    process.env.ALERTAGENT_AMTOOL_BIN = amtool;
    const nats = await startNats();
    const mariadb = kind === 'MariaDB' ? await startMariadb() : null;
    const sqliteDir = mariadb ? null : await makeTempDir('config');
    const databaseUrl = mariadb ? await mariadb.createDatabase('alertagent') : `sqlite:${sqliteDir}`;
    const stand = new Stand(nats, mariadb, databaseUrl, sqliteDir, await Neighbours.start(nats.url));
    stand.service = await stand.startReplica();
    return stand;
  }

  /** One more process of the same service, as far as the database and NATS can tell. */
  startReplica(): Promise<TestService> {
    return startService(configService, {
      natsUrl: this.nats.url,
      databaseUrl: this.databaseUrl,
      clock: this.clock,
      config: TEST_CONFIG,
    });
  }

  /** The same service over the same data, started anew. */
  async restart(): Promise<void> {
    await this.service.close();
    this.service = await this.startReplica();
  }

  private get asked(): Pick<TestService, 'httpUrl'> {
    return this.elsewhere === null ? this.service : { httpUrl: this.elsewhere };
  }

  async stop(): Promise<void> {
    await this.service?.close();
    await this.neighbours.stop();
    await this.nats.stop();
    await this.mariadb?.stop();
    if (this.sqliteDir) await removeDir(this.sqliteDir);
  }

  async fetch(
    cluster: KnownCluster,
    options: FetchOptions = {},
    service: Pick<TestService, 'httpUrl'> = this.asked,
  ): Promise<Fetched> {
    const {
      type = 'prometheus-rules',
      token = cluster.syncToken,
      named = cluster.id,
      wait,
      tag,
      method = 'GET',
    } = options;
    const query = new URLSearchParams({ cluster_id: named, type, ...(wait ? { wait } : {}) });
    const response = await fetch(`${service.httpUrl}/api/v1/configs?${query}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(tag ? { 'if-none-match': tag } : {}) },
    });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  }

  /** The file once revision `revision` is served. */
  served(cluster: KnownCluster, revision: number, type: ConfigType = 'prometheus-rules'): Promise<Fetched> {
    return pollUntil(
      async () => {
        const fetched = await this.fetch(cluster, { type });
        return fetched.headers.get('x-config-revision') === String(revision) ? fetched : null;
      },
      { what: `revision ${revision} of ${type}` },
    );
  }

  post(path: string, token: string, body: unknown): Promise<Response> {
    const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
    return fetch(`${this.asked.httpUrl}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  report(cluster: KnownCluster, report: Partial<SidecarReport>): Promise<Response> {
    const whole = {
      cluster_id: cluster.id,
      type: 'prometheus-rules',
      member: 'prometheus-0:9090',
      state: 'live',
      rules: [],
      ...report,
    };
    return this.post('/api/v1/configs/reports', cluster.syncToken, whole);
  }

  /** The value of one series on the operations port; 0 when it is not there. */
  async metric(series: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.service.opsPort}/metrics`)).text();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  renders(outcome: string, type: ConfigType = 'prometheus-rules'): Promise<number> {
    return this.metric(`alertagent_config_renders_total{type="${type}",outcome="${outcome}"}`);
  }

  /** Runs `act` and waits until one more render has ended with this outcome. */
  async untilRendered(outcome: string, act: () => Promise<void>, type: ConfigType = 'prometheus-rules'): Promise<void> {
    const before = await this.renders(outcome, type);
    await act();
    await pollUntil(async () => (await this.renders(outcome, type)) > before, {
      what: `a render that ends ${outcome}`,
    });
  }
}
