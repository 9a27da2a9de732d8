import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  compiledMain,
  freePort,
  startMariadb,
  startNats,
  startRedis,
  type GuardedCommand,
  type MariadbOptions,
  type MariadbServer,
  type NatsOptions,
  type NatsServer,
  type RedisServer,
  type ServerOptions,
  serviceMain,
  serviceNodeFlags,
} from '@alertagent/local-stack';
import { openOutsideDatabase, type OutsideDatabase } from './database';
import { HealthWatch } from './health-watch';
import { SABOTAGE_VARIABLE, sabotageArguments } from './sabotage';
import { SupervisedService } from './supervised-service';

/** A service of the product. */
export type Service = 'gateway' | 'rules' | 'clusters' | 'config' | 'ai';
/** A server that services are told the address of. */
export type ServerName = 'database' | 'nats' | 'redis';

export interface StandOptions {
  /** MariaDB unless told. */
  database?: 'mariadb' | 'sqlite';
  /** Gateway instances on the one database; 1 unless told. */
  gateways?: number;
  /** Services that run beside the gateways; none unless told: they cost memory and seconds. */
  services?: readonly Exclude<Service, 'gateway'>[];
  /** Whether there is a Redis. */
  redis?: boolean;
  /** What alertagent.yml says, e.g. `{ gateway: { intake: { max_queue: 50 } } }`. */
  settings?: object;
  /** Further environment of every service. */
  env?: NodeJS.ProcessEnv;
  /** How the servers are started. */
  servers?: { mariadb?: MariadbOptions; nats?: NatsOptions; redis?: ServerOptions };
  /** Puts something between the services and a server: takes its port, returns the one that the services are told. */
  between?: (server: ServerName, port: number) => Promise<number>;
  /** Changes how a service's process is started; asked again for each of its lives. */
  launch?: (service: Service, index: number, command: GuardedCommand) => GuardedCommand;
  /** Bugs (`SOURCE_BUGS`) that a service's process has; asked again for each of its lives. */
  bugs?: (service: Service) => readonly string[];
  /** Called when the servers run and no service does. */
  beforeServices?: (stand: Stand) => Promise<void>;
  /** Whether the services must be ready before the stand is handed out; true unless told. */
  waitUntilReady?: boolean;
}

/** The cluster whose Alertmanagers deliver. */
export interface StandCluster {
  readonly id: string;
  readonly name: string;
  /** Its webhook token. */
  readonly token: string;
}

const CLUSTER: StandCluster = {
  id: '01900000-0000-7000-8000-00000000000a',
  name: 'faulty',
  token: `aat_webhook_${'a'.repeat(43)}`,
};
const DATABASE = 'alertagent';
export const ADMIN_TOKEN = 'aat_admin_of_the_fault_stand_0123456789';

/** Real servers and real services on private ports and folders. */
export class Stand {
  readonly cluster = CLUSTER;
  readonly gateways: SupervisedService[] = [];
  readonly others: SupervisedService[] = [];
  nats!: NatsServer;
  /** Null on SQLite. */
  mariadb: MariadbServer | null = null;
  redis: RedisServer | null = null;
  /** Read and written from outside, straight on the server even if something is put between it and the services. */
  database!: OutsideDatabase;
  /** Where `database` is. */
  databaseUrl = '';
  readonly health = new HealthWatch(() => this.services);
  private env: NodeJS.ProcessEnv = {};

  private constructor(
    private readonly options: StandOptions,
    readonly directory: string,
    /** Folder of the built product. */
    private readonly root: string,
    private readonly sabotage: string | undefined,
  ) {}

  /** Starts it. `directory` is empty; `later` takes what has to be undone. */
  static async start(
    options: StandOptions,
    surroundings: { directory: string; root: string; sabotage?: string; later: (undo: () => Promise<unknown>) => void },
  ): Promise<Stand> {
    const { directory, root, sabotage, later } = surroundings;
    const stand = new Stand(options, directory, root, sabotage);
    mkdirSync(stand.dataDir, { recursive: true });
    later(() => stand.stopServers());
    await stand.startServers();
    later(() => stand.stopServices());
    await stand.startServices();
    return stand;
  }

  /** Where the services keep their files. */
  get dataDir(): string {
    return join(this.directory, 'data');
  }

  get services(): readonly SupervisedService[] {
    return [...this.gateways, ...this.others];
  }

  /** The gateway of a row that has one; the first of several. */
  get gateway(): SupervisedService {
    const [gateway] = this.gateways;
    if (!gateway) throw new Error('this stand has no gateway');
    return gateway;
  }

  /** Where Alertmanagers deliver, one URL per gateway. */
  get webhookUrls(): string[] {
    return this.gateways.map(({ url }) => `${url}/api/v1/alerts/webhook`);
  }

  /** Calls the API of a gateway as administrator. */
  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    gateway = this.gateway,
  ): Promise<{ status: number; body: T }> {
    const response = await fetch(`${gateway.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return { status: response.status, body: (text ? JSON.parse(text) : null) as T };
  }

  /** Starts one more gateway on the same servers and resolves to it at once. */
  async addGateway(env: NodeJS.ProcessEnv = {}): Promise<SupervisedService> {
    const service = await this.newService('gateway', this.gateways.length + 1, env);
    this.gateways.push(service);
    service.start();
    return service;
  }

  /** Makes the cluster's webhook token known to the gateways, as the announcement of `clusters` would. */
  async registerCluster(cluster: StandCluster = CLUSTER): Promise<void> {
    const hash = createHash('sha256').update(cluster.token).digest('hex');
    await this.database.query(
      'INSERT INTO gateway_known_cluster_tokens (token_hash, token_id, cluster_id, cluster_name, purpose) VALUES (?, ?, ?, ?, ?)',
      [hash, cluster.id, cluster.id, cluster.name, 'webhook'],
    );
  }

  /** How a service is run here, `env` added to what all of them are told. */
  commandOf(service: Service, env: NodeJS.ProcessEnv = {}): GuardedCommand {
    const changes = [...(this.sabotage === undefined ? [] : [this.sabotage]), ...(this.options.bugs?.(service) ?? [])];
    const preload = sabotageArguments(...changes);
    return {
      file: process.execPath,
      args: [
        ...serviceNodeFlags(service),
        ...preload,
        // A guard is taken out of the file that has it, which a bundle has not.
        preload.length > 0 ? compiledMain(this.root, service) : serviceMain(this.root, service),
      ],
      cwd: this.directory,
      env: { ...this.env, ...(changes.length > 0 ? { [SABOTAGE_VARIABLE]: changes.join() } : {}), ...env },
    };
  }

  private async startServers(): Promise<void> {
    const { database = 'mariadb', redis, servers = {}, between = async (_server, port) => port } = this.options;
    this.nats = await startNats(servers.nats);
    const natsPort = await between('nats', this.nats.port);
    this.env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ALERTAGENT_NATS_URL: `nats://127.0.0.1:${natsPort}`,
      ALERTAGENT_DATA_DIR: this.dataDir,
      ALERTAGENT_ADMIN_TOKEN: ADMIN_TOKEN,
    };
    if (database === 'mariadb') {
      this.mariadb = await startMariadb({ bufferPoolMb: 256, ...servers.mariadb });
      this.databaseUrl = await this.mariadb.createDatabase(DATABASE);
      const seen = new URL(this.databaseUrl);
      seen.port = String(await between('database', this.mariadb.port));
      this.env['ALERTAGENT_DATABASE_URL'] = seen.href;
    } else this.databaseUrl = `sqlite:${join(this.dataDir, 'gateway.sqlite')}`;
    if (redis) {
      this.redis = await startRedis(servers.redis);
      this.env['ALERTAGENT_REDIS_URL'] = `redis://127.0.0.1:${await between('redis', this.redis.port)}`;
    }
    if (this.options.settings) {
      const file = join(this.directory, 'alertagent.yml');
      // JSON is YAML too.
      writeFileSync(file, JSON.stringify(this.options.settings));
      this.env['ALERTAGENT_CONFIG'] = file;
    }
    Object.assign(this.env, this.options.env);
    await this.options.beforeServices?.(this);
  }

  private async startServices(): Promise<void> {
    const { gateways = 1, services = [], waitUntilReady = true } = this.options;
    // The config service's port is told to all of them.
    if (services.includes('config')) this.env['ALERTAGENT_CONFIG_PORT'] = String(await freePort());
    for (const service of services) this.others.push(await this.newService(service, 1, {}));
    for (let index = 1; index <= gateways; index += 1) {
      this.gateways.push(await this.newService('gateway', index, {}));
    }
    for (const service of this.services) service.start();
    this.database = openOutsideDatabase(this.databaseUrl);
    if (!waitUntilReady) return;
    await Promise.all(this.services.map((service) => service.whenReady()));
    await Promise.all(this.gateways.map((gateway) => gateway.whenWhole('alert_processing_total')));
    await this.registerCluster();
    this.health.start();
  }

  private async newService(service: Service, index: number, env: NodeJS.ProcessEnv): Promise<SupervisedService> {
    const opsPort = await freePort();
    const httpPort = service === 'gateway' ? await freePort() : null;
    const command = (): GuardedCommand => {
      const plain = this.commandOf(service, {
        ALERTAGENT_OPS_PORT: String(opsPort),
        ...(httpPort === null ? {} : { ALERTAGENT_HTTP_PORT: String(httpPort) }),
        ...env,
      });
      return this.options.launch?.(service, index, plain) ?? plain;
    };
    return new SupervisedService(`${service}-${index}`, command, opsPort, httpPort);
  }

  private async stopServices(): Promise<void> {
    await this.health.stop();
    await Promise.all(this.services.map((service) => service.stop()));
  }

  private async stopServers(): Promise<void> {
    await this.database?.close().catch(() => undefined);
    await this.redis?.stop();
    await this.mariadb?.stop();
    await this.nats?.stop();
  }
}
