import { randomUUID } from 'node:crypto';
import {
  listClusterHealth,
  listClusters,
  memberReported,
  registerCluster,
  type Actor,
  type ClusterHealthState,
  type ClusterHealthView,
  type ClusterInput,
  type MemberReported,
  type RegisteredCluster,
} from '@alertagent/contracts';
import { makeTempDir, pollUntil, removeDir, type NatsServer, type TestDatabase } from '@alertagent/local-stack';
import { Clock } from '@alertagent/service-kit';
import {
  fakePeer,
  startService,
  type FakePeer,
  type TestService,
  type TestServiceOptions,
} from '@alertagent/service-kit/testing';
import { clustersService } from '../src/clusters-service';
import { SilenceWatch } from '../src/health/silence-watch';

export const ACTOR: Actor = { kind: 'token', id: 'token-1', name: 'ada' };

/** A clock that stands until the test puts it forward: how long the machine takes is no part of what is tested. */
class TestClock extends Clock {
  private ms = Date.now();

  override now(): Date {
    return new Date(this.ms);
  }

  advance(ms: number): void {
    this.ms += ms;
  }
}

/** The clusters service with real NATS and a real database, and stand-ins for its neighbours. */
export class ClustersWorld {
  readonly clock = new TestClock();
  private running: TestService | undefined;

  private constructor(
    readonly nats: NatsServer,
    readonly gateway: FakePeer,
    readonly config: FakePeer,
    private readonly dataDir: string,
    private readonly databaseUrl: string | undefined,
  ) {}

  static async start(
    nats: NatsServer,
    database: TestDatabase,
    settings?: TestServiceOptions['config'],
  ): Promise<ClustersWorld> {
    const databaseUrl = database.name === 'sqlite' ? undefined : await database.url('clusters');
    const [gateway, config] = [
      await fakePeer({ natsUrl: nats.url, service: 'gateway' }),
      await fakePeer({ natsUrl: nats.url, service: 'config' }),
    ];
    const world = new ClustersWorld(nats, gateway, config, await makeTempDir('clusters'), databaseUrl);
    await world.startService(settings);
    return world;
  }

  get service(): TestService {
    if (!this.running) throw new Error('the service is not running');
    return this.running;
  }

  async startService(settings: TestServiceOptions['config'] = {}): Promise<void> {
    const config = { ...settings, data_dir: this.dataDir };
    this.running = await startService(clustersService, {
      natsUrl: this.nats.url,
      databaseUrl: this.databaseUrl,
      config,
      clock: this.clock,
    });
    await pollUntil(() => this.gateway.request(listClusters, {}), {
      what: 'the clusters service answers',
      timeoutMs: 30_000,
    });
  }

  async close(): Promise<void> {
    await this.service.close();
    await Promise.all([this.gateway.close(), this.config.close()]);
    await removeDir(this.dataDir);
  }

  register(changes: Partial<ClusterInput> = {}): Promise<RegisteredCluster> {
    return this.gateway.request(registerCluster, { cluster: { name: newName(), ...changes }, actor: ACTOR });
  }

  /** A member reports, now by the test's clock. */
  async report(clusterId: string, healthy: boolean | null, changes: Partial<MemberReported> = {}): Promise<void> {
    await this.config.publish(memberReported, {
      cluster_id: clusterId,
      type: 'prometheus-rules',
      member: 'p0',
      state: 'live',
      target: healthy === null ? null : { healthy, response_ms: 12, version: '2.42.0' },
      rules: [],
      exact: false,
      reported_at: this.clock.now().toISOString(),
      ...changes,
    });
  }

  async health(clusterId: string): Promise<ClusterHealthView> {
    const { items } = await this.gateway.request(listClusterHealth, { limit: 500 });
    const found = items.find(({ id }) => id === clusterId);
    if (!found) throw new Error('the cluster is not listed');
    return found;
  }

  async until(clusterId: string, status: ClusterHealthState): Promise<ClusterHealthView> {
    return pollUntil(async () => ((await this.health(clusterId)).status === status ? this.health(clusterId) : null), {
      what: `cluster is ${status}`,
    });
  }

  /** Waits until the newest report about the cluster, made now by the test's clock, was handled. */
  async untilHeard(clusterId: string, at: Date): Promise<ClusterHealthView> {
    return pollUntil(
      async () => {
        const health = await this.health(clusterId);
        return health.last_check && Date.parse(health.last_check) >= at.getTime() ? health : null;
      },
      { what: 'the report was handled' },
    );
  }

  /** The timer's look, made now. */
  look(): Promise<void> {
    return this.service.get(SilenceWatch).look();
  }
}

export const newName = (): string => `cluster-${randomUUID().slice(0, 8)}`;
