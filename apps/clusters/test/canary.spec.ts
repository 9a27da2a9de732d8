import { CANARY_RULE_ID } from '@alertagent/alerting';
import {
  canaryHeard,
  clusterTroubleChanged,
  updateCluster,
  type CanaryPlace,
  type RegisteredCluster,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ClustersWorld } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('the canary of a cluster on $name', (database) => {
  let world: ClustersWorld;
  let cluster: RegisteredCluster;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());
  beforeEach(async () => {
    cluster = await world.register({ config: { canary: true } });
  });

  const path = async () => (await world.health(cluster.id)).alert_path;
  /** A member reports, with the canary evaluated so long before by its own clock. */
  const evaluates = async (agoMs = 1_000, clock_ahead_ms = 0): Promise<void> => {
    // Later than any report before it, or it would not be seen that it was handled.
    world.clock.advance(1);
    const at = world.clock.now();
    const last_evaluation = new Date(at.getTime() - agoMs + clock_ahead_ms).toISOString();
    const rule = { group: 'alertagent-canary', name: 'AlertAgentCanary', rule_id: CANARY_RULE_ID, rule_version: 1 };
    const rules = [{ ...rule, status: 'live' as const, last_evaluation }];
    await world.report(cluster.id, true, { rules, clock_ahead_ms, reported_at: at.toISOString() });
    await world.untilHeard(cluster.id, at);
  };
  const heard = async (place: CanaryPlace): Promise<void> => {
    const heard_at = world.clock.now().toISOString();
    await world.gateway.publish(canaryHeard, { cluster_id: cluster.id, place, instance: 'http://p0', heard_at });
    await pollUntil(
      async () => (await path()).seen.some((sighting) => sighting.place === place && sighting.heard_at === heard_at),
      { what: 'the sighting was taken in' },
    );
  };

  it('is off unless somebody wants it, and off again when they do not', async () => {
    const other = await world.register();
    expect((await world.health(other.id)).alert_path).toEqual({ status: 'off', seen: [] });
    await evaluates();
    expect((await path()).seen).toHaveLength(1);
    const { id, name } = cluster;
    await world.gateway.request(updateCluster, { id, cluster: { name }, actor: ACTOR });
    expect(await path()).toEqual({ status: 'off', seen: [] });

    // What was seen before says nothing about a canary that is new.
    world.clock.advance(600_000);
    await world.gateway.request(updateCluster, { id, cluster: { name, config: { canary: true } }, actor: ACTOR });
    await world.look();
    expect(await path()).toEqual({ status: 'unknown', seen: [] });
  });

  it('shows that its way works, and when it is lost the hop is named until it arrives again', async () => {
    const told = async () =>
      (await world.gateway.events(clusterTroubleChanged))
        .filter(({ cluster_id, kind }) => cluster_id === cluster.id && kind === 'alert_path_broken')
        .map(({ type, ended_at }) => `${type} ${ended_at ? 'mended' : 'broken'}`);
    await evaluates();
    expect((await path()).status).toBe('unknown');
    await heard('alertmanager');
    await heard('gateway');
    expect((await path()).status).toBe('ok');

    for (let step = 0; step < 7; step += 1) {
      world.clock.advance(30_000);
      await evaluates();
      await heard('alertmanager');
    }
    expect((await path()).status).toBe('broken');
    expect((await world.health(cluster.id)).troubles).toMatchObject([
      { kind: 'alert_path_broken', type: 'alertmanager_to_gateway', subject: '' },
    ]);
    await heard('gateway');
    expect((await path()).status).toBe('ok');
    await pollUntil(async () => (await told()).length === 2, { what: 'both were told' });
    expect(await told()).toEqual(['alertmanager_to_gateway broken', 'alertmanager_to_gateway mended']);
  });

  it('is missed although nobody says anything', async () => {
    await evaluates();
    await heard('gateway');
    world.clock.advance(200_000);
    await world.look();
    const { troubles } = await world.health(cluster.id);
    expect(troubles.map(({ kind, type }) => `${kind} ${type}`)).toContain('alert_path_broken prometheus');
  });

  it('is not evaluated by a Prometheus that stands still, whatever its clock says', async () => {
    await evaluates(300_000);
    expect((await path()).seen).toEqual([]);
    await evaluates(1_000, -3_600_000);
    expect((await path()).seen).toMatchObject([{ place: 'prometheus', instance: 'p0' }]);
  });
});
