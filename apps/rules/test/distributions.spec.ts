import { randomUUID } from 'node:crypto';
import {
  deleteRule,
  revisionRefused,
  revisionRejected,
  updateRule,
  type ClusterRef,
  type RuleView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { ACTOR, ruleInput, RulesWorld, shown } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('distribution on $name', (database) => {
  let world: RulesWorld;
  let cluster: ClusterRef;
  let rule: RuleView;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  beforeEach(async () => {
    cluster = await world.cluster();
    rule = await world.create({ targets: [cluster.id] });
  });

  const change = (changes: object) =>
    world.gateway.request(updateRule, {
      id: rule.id,
      rule: { ...ruleInput(), name: rule.name, targets: [cluster.id], ...changes },
      actor: ACTOR,
    });
  /** Makes sure that everything published before was handled: reports of a throw-away member come last. */
  const settled = async (): Promise<void> => {
    const other = await world.cluster();
    const marker = await world.create({ targets: [other.id] });
    const revision = await world.publishRevision(other.id, [marker]);
    await world.say(other.id, { state: 'fetched', revision });
    await world.until(marker.id, 'fetched');
    await world.apply(other.id, { revision, rules: [shown(marker)] });
    await world.until(marker.id, 'live');
  };

  it('goes from saved to live step by step', async () => {
    expect((await world.targets(rule.id))[0]).toMatchObject({ status: 'pending', last_sync: null, members: [] });
    const revision = await world.publishRevision(cluster.id, [rule]);
    await world.until(rule.id, 'rendered');
    for (const state of ['fetched', 'written', 'reloaded'] as const) {
      await world.say(cluster.id, { state, revision });
      await world.until(rule.id, state);
    }
    await world.say(cluster.id, { state: 'loaded', revision, rules: [shown(rule, 'loaded')] });
    await world.until(rule.id, 'loaded');
    await world.apply(cluster.id, { revision, rules: [shown(rule)] });
    const target = await world.until(rule.id, 'live');
    expect(target).toMatchObject({ version: 1, reason: null, members: [{ name: 'p0', status: 'live', version: 1 }] });
    expect(target.last_sync).not.toBeNull();
  });

  it('is live only when every known member is, and failed when one is', async () => {
    const revision = await world.publishRevision(cluster.id, [rule]);
    await world.say(cluster.id, { member: 'p1' });
    await world.apply(cluster.id, { revision, rules: [shown(rule)] });
    await pollUntil(async () => (await world.targets(rule.id))[0]?.members.length === 2, { what: 'both members' });
    await settled();
    expect((await world.targets(rule.id))[0]).toMatchObject({
      status: 'rendered',
      members: [
        { name: 'p0', status: 'live' },
        { name: 'p1', status: 'rendered' },
      ],
    });

    await world.config.publish(
      revisionRejected,
      world.report(cluster.id, { member: 'p1', state: 'failed', revision, reason: 'reload refused' }),
    );
    expect(await world.until(rule.id, 'failed')).toMatchObject({ reason: 'p1: reload refused' });
    await world.apply(cluster.id, { member: 'p1', revision, rules: [shown(rule)] });
    await world.until(rule.id, 'live');
  });

  it('does not take the proof of an older version for one of the new', async () => {
    const before = await world.publishRevision(cluster.id, [rule]);
    await world.apply(cluster.id, { revision: before, rules: [shown(rule)] });
    await world.until(rule.id, 'live');
    const next = await change({ expression: 'up == 1' });
    await world.apply(cluster.id, { revision: before, rules: [shown(rule)] });
    await settled();
    expect((await world.targets(rule.id))[0]).toMatchObject({
      status: 'pending',
      version: 2,
      members: [{ status: 'pending', version: 1, reason: 'still runs version 1' }],
    });

    const revision = await world.publishRevision(cluster.id, [next]);
    await world.apply(cluster.id, { revision, rules: [shown(next)] });
    await world.until(rule.id, 'live');
    // A report about the revision before, delivered late.
    await world.apply(cluster.id, { revision: before, rules: [shown(rule, 'failed')] });
    await settled();
    expect((await world.targets(rule.id))[0]).toMatchObject({ status: 'live', version: 2, members: [{ version: 2 }] });
  });

  it('is live no longer when the cluster was taken back to the version before, and again when that is released', async () => {
    await world.publishRevision(cluster.id, [rule]);
    const next = await change({ expression: 'up == 1' });
    const changed = await world.publishRevision(cluster.id, [next]);
    await world.apply(cluster.id, { revision: changed, rules: [shown(next)] });
    await world.until(rule.id, 'live');

    const back = await world.publishRevision(cluster.id, [rule]);
    await world.until(rule.id, 'live');
    await world.apply(cluster.id, { revision: back, rules: [shown(rule)] });
    expect(await world.until(rule.id, 'pending')).toMatchObject({
      version: 2,
      reason: 'p0: still runs version 1',
      members: [{ status: 'pending', version: 1 }],
    });

    const released = await world.publishRevision(cluster.id, [next]);
    await world.until(rule.id, 'rendered');
    await world.apply(cluster.id, { revision: released, rules: [shown(next)] });
    await world.until(rule.id, 'live');
  });

  it('is pending again when the cluster was taken back to a file from before the rule', async () => {
    const other = await world.create({ targets: [cluster.id] });
    await world.publishRevision(cluster.id, [rule]);
    const both = await world.publishRevision(cluster.id, [rule, other]);
    await world.apply(cluster.id, { revision: both, rules: [shown(rule), shown(other)] });
    await world.until(other.id, 'live');
    const back = await world.publishRevision(cluster.id, [rule]);
    await settled();
    await world.apply(cluster.id, { revision: back, rules: [shown(rule)] });
    await world.until(other.id, 'pending');
    expect((await world.targets(rule.id))[0]).toMatchObject({ status: 'live' });
  });

  it('comes to the same end when news arrives twice and in the wrong order', async () => {
    const revision = world.nextRevision();
    const id = randomUUID();
    await world.apply(cluster.id, { revision, rules: [shown(rule)] }, id);
    await world.until(rule.id, 'live');
    await world.publishRevision(cluster.id, [rule], { revision });
    await world.say(cluster.id, {
      state: 'fetched',
      revision,
      reported_at: new Date(Date.now() - 60_000).toISOString(),
    });
    await world.apply(cluster.id, { revision, rules: [shown(rule)] }, id);
    await settled();
    expect((await world.targets(rule.id))[0]).toMatchObject({ status: 'live' });
  });

  it('counts the steps of a member that were reported before the news of their revision', async () => {
    const revision = world.nextRevision();
    await world.say(cluster.id, { state: 'written', revision });
    await pollUntil(async () => (await world.targets(rule.id))[0]?.members.length === 1, {
      what: 'the member is known',
    });
    await world.publishRevision(cluster.id, [rule], { revision });
    await world.until(rule.id, 'written');
  });

  it('is failed by a rejection that arrives before the news of its revision', async () => {
    const revision = world.nextRevision();
    await world.config.publish(
      revisionRejected,
      world.report(cluster.id, { state: 'failed', revision, reason: 'reload refused' }),
    );
    await pollUntil(async () => (await world.targets(rule.id))[0]?.members.length === 1, {
      what: 'the member is known',
    });
    await world.publishRevision(cluster.id, [rule], { revision });
    expect(await world.until(rule.id, 'failed')).toMatchObject({ reason: 'p0: reload refused' });
  });

  it('is failed with the reason when rendering is refused, until a revision holds it', async () => {
    const refused = {
      cluster_id: cluster.id,
      type: 'prometheus-rules' as const,
      reason: 'promtool: bad',
      rules: [{ rule_id: rule.id, rule_version: 1, group: rule.group, name: rule.name }],
      refused_at: new Date().toISOString(),
    };
    await world.config.publish(revisionRefused, refused);
    expect(await world.until(rule.id, 'failed')).toMatchObject({ reason: 'promtool: bad' });
    await world.publishRevision(cluster.id, [rule]);
    await world.until(rule.id, 'rendered');
    await world.config.publish(revisionRefused, refused);
    await settled();
    expect((await world.targets(rule.id))[0]?.status).toBe('rendered');
  });

  it('is removed only when every member proved exactly a later revision without the rule', async () => {
    const before = await world.publishRevision(cluster.id, [rule]);
    for (const member of ['p0', 'p1'])
      await world.apply(cluster.id, { member, revision: before, rules: [shown(rule)] });
    await world.until(rule.id, 'live');
    await world.gateway.request(deleteRule, { id: rule.id, actor: ACTOR });
    const after = await world.publishRevision(cluster.id, []);

    await world.apply(cluster.id, { revision: before, exact: true, rules: [] });
    await world.apply(cluster.id, { revision: after, exact: false, rules: [] });
    await settled();
    expect((await world.targets(rule.id))[0]).toMatchObject({
      status: 'removing',
      members: [{ status: 'removing' }, { status: 'removing' }],
    });
    await world.apply(cluster.id, { revision: after, exact: true, rules: [] });
    await pollUntil(async () => (await world.targets(rule.id))[0]?.members[0]?.status === 'removed', {
      what: 'p0 proved it',
    });
    expect((await world.targets(rule.id))[0]?.status).toBe('removing');
    await world.apply(cluster.id, { member: 'p1', revision: after, exact: true, rules: [] });
    await world.until(rule.id, 'removed');
  });

  it('starts again when the rule comes back to a cluster that it had left', async () => {
    const zone = randomUUID();
    const home = await world.cluster({ zone });
    const roaming = await world.create({ targets: [{ labels: { zone } }] });
    await world.until(roaming.id, 'pending');
    const revision = await world.publishRevision(home.id, [roaming]);
    await world.apply(home.id, { revision, rules: [shown(roaming)] });
    await world.until(roaming.id, 'live');
    await world.relabel(home.id, {});
    await world.until(roaming.id, 'removing');
    await world.relabel(home.id, { zone });
    expect(await world.until(roaming.id, 'pending')).toMatchObject({ version: 1, members: [{ status: 'pending' }] });
  });

  it('does not call a member live that has gone silent', async () => {
    const revision = await world.publishRevision(cluster.id, [rule]);
    await world.apply(cluster.id, { revision, rules: [shown(rule)] });
    await world.until(rule.id, 'live');
    world.clock.advance(181_000);
    expect((await world.targets(rule.id))[0]).toMatchObject({
      status: 'rendered',
      members: [{ status: 'rendered', reason: expect.stringMatching(/^not heard since /) }],
    });
    await world.say(cluster.id, { state: 'live', revision });
    await world.until(rule.id, 'live');
  });

  it('ignores the Alertmanagers of the cluster', async () => {
    await world.say(cluster.id, { type: 'alertmanager-config', member: 'a0', state: 'live', revision: 1 });
    await settled();
    expect((await world.targets(rule.id))[0]?.members).toEqual([]);
  });

  it('is counted and timed', async () => {
    const revision = await world.publishRevision(cluster.id, [rule]);
    await world.apply(cluster.id, { revision, rules: [shown(rule)] });
    await world.until(rule.id, 'live');
    const metrics = await (await fetch(`http://127.0.0.1:${world.service.opsPort}/metrics`)).text();
    expect(metrics).toMatch(/alertagent_rule_distribution_total\{status="live"\} [1-9]/);
    expect(metrics).toMatch(/alertagent_rule_distribution_total\{status="removed"\} \d/);
    expect(metrics).toMatch(/alertagent_rule_distribution_duration_seconds_count [1-9]/);
  });

  it('goes on where it was after restarts of NATS and of the service', async () => {
    const revision = await world.publishRevision(cluster.id, [rule]);
    await world.until(rule.id, 'rendered');
    await nats.restart();
    const second = await pollUntil(() => world.create({ targets: [cluster.id] }), {
      what: 'a rule can be saved again',
      timeoutMs: 30_000,
    });
    await world.service.close();
    await pollUntil(() => world.publishRevision(cluster.id, [rule, second]), {
      what: 'NATS takes events',
      timeoutMs: 30_000,
    });
    await world.apply(cluster.id, { revision: revision + 1, rules: [shown(rule), shown(second)] });
    await world.startService();
    await world.until(rule.id, 'live');
    await world.until(second.id, 'live');
  }, 90_000);
});
