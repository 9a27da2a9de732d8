import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listHealthHistory, updateCluster, type RegisteredCluster } from '@alertagent/contracts';
import { pollUntil, sharedStack, startAlertmanager, type NatsServer } from '@alertagent/local-stack';
import { EndpointChecks } from '../src/health/endpoint-checks';
import { ACTOR, ClustersWorld } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

/** An address that is well or ill. */
class Address {
  isWell = true;
  private readonly server: Server = createServer((request, response) => {
    response.statusCode = request.url === '/base/-/healthy' && this.isWell ? 200 : 503;
    response.end();
  });

  static async open(): Promise<Address> {
    const address = new Address();
    await new Promise<void>((done) => address.server.listen(0, '127.0.0.1', done));
    return address;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/base`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}

describe.each(stack.testDatabaseUrls())('the addresses of clusters on $name', (database) => {
  let world: ClustersWorld;
  let address: Address;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database, { security: { outbound_allow: ['127.0.0.0/8'] } });
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    address = await Address.open();
  });
  afterEach(() => address.close());

  const member = async ({ id }: RegisteredCluster) => (await world.health(id)).members[0];
  /** One more check of this address, made by moving the clock on. */
  const checked = async (cluster: RegisteredCluster) => {
    const before = (await world.health(cluster.id)).last_check;
    return pollUntil(
      async () => {
        world.clock.advance(10_000);
        await world.service.get(EndpointChecks).tick();
        const health = await world.health(cluster.id);
        return health.last_check !== before && health.last_check ? health : null;
      },
      { what: 'the address was checked' },
    );
  };

  it('are asked whether they are healthy, under their path, and timed', async () => {
    const cluster = await world.register({ endpoint: `${address.url}/` });
    expect(await checked(cluster)).toMatchObject({
      status: 'healthy',
      metrics: { success_rate: '100%', response_time: expect.stringMatching(/^\d+ms$/) as unknown },
      members: [{ type: 'endpoint', name: new URL(address.url).host, status: 'healthy', reason: null }],
    });
  });

  it('are unwell when they answer with an error, and the success rate and history say so', async () => {
    const cluster = await world.register({ endpoint: address.url });
    await checked(cluster);
    address.isWell = false;
    const health = await pollUntil(
      async () => {
        const now = await checked(cluster);
        return now.members[0]?.status === 'warning' ? now : null;
      },
      { what: 'the address is unwell' },
    );
    expect(health.members[0]?.reason).toBe('/-/healthy answered 503');
    expect(health.metrics.success_rate).not.toBe('100%');
    const { items } = await world.gateway.request(listHealthHistory, { cluster_id: cluster.name });
    expect(items).toContainEqual(expect.objectContaining({ type: 'endpoint', previous: 'healthy', status: 'warning' }));
  });

  it('are not asked where the operator lets nothing go, and do not count then', async () => {
    const cluster = await world.register({ endpoint: 'http://10.11.12.13:9093' });
    await pollUntil(
      async () => {
        world.clock.advance(10_000);
        await world.service.get(EndpointChecks).tick();
        return member(cluster);
      },
      { what: 'the refusal is shown' },
    );
    expect(await world.health(cluster.id)).toMatchObject({ status: 'unknown', metrics: { success_rate: null } });
    expect(await member(cluster)).toMatchObject({
      status: 'unknown',
      reason: expect.stringMatching(/^not checked: .*security\.outbound_allow/) as unknown,
    });
  });

  it('do not make a cluster critical whose sidecars are well', async () => {
    const cluster = await world.register({ endpoint: 'http://127.0.0.1:1' });
    await checked(cluster);
    await world.report(cluster.id, true);
    await pollUntil(async () => (await world.health(cluster.id)).members.length === 2, { what: 'both members' });
    expect((await world.health(cluster.id)).status).toBe('warning');
  });

  it('are forgotten when they are changed', async () => {
    const cluster = await world.register({ endpoint: address.url });
    await checked(cluster);
    await world.gateway.request(updateCluster, { id: cluster.id, cluster: { name: cluster.name }, actor: ACTOR });
    expect((await world.health(cluster.id)).members).toEqual([]);
  });

  it('of a real Alertmanager are found well', async () => {
    const alertmanager = await startAlertmanager();
    try {
      const cluster = await world.register({ endpoint: alertmanager.url });
      expect(await checked(cluster)).toMatchObject({ status: 'healthy' });
    } finally {
      await alertmanager.stop();
    }
  }, 60_000);
});
