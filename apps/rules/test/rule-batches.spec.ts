import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import {
  createRuleBatch,
  getRule,
  getRuleBatch,
  listRuleBatches,
  listRules,
  listRuleVersions,
  serviceOperations,
  type RuleBatchDetail,
  type RuleBatchInput,
  type RuleInput,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { newId } from '@alertagent/service-kit';
import { DataSource } from 'typeorm';
import type { StoredBatch } from '../src/rule-batches/rule-batch.entity';
import { RuleBatchesStore } from '../src/rule-batches/rule-batches.store';
import { ACTOR, RulesWorld } from './rules-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

describe.each(stack.testDatabaseUrls())('batches of rules on $name', (database) => {
  let world: RulesWorld;
  let child: ChildProcess | null = null;

  beforeAll(async () => {
    world = await RulesWorld.start(nats, database);
  }, 120_000);
  afterAll(async () => {
    child?.kill('SIGKILL');
    await world.close();
  });

  const batch = (input: RuleBatchInput): Promise<RuleBatchDetail> =>
    world.gateway.request(createRuleBatch, { batch: input, actor: ACTOR });
  const ruleOf = (id: string) => world.gateway.request(getRule, { id });
  const some = async (count: number, changes: Partial<RuleInput> = {}): Promise<string[]> => {
    const cluster = await world.cluster();
    const ids: string[] = [];
    for (let made = 0; made < count; made += 1)
      ids.push((await world.create({ targets: [cluster.id], ...changes })).id);
    return ids;
  };

  it.each<[string, Omit<RuleBatchInput, 'rule_ids'>, object]>([
    ['disable', { operation: 'disable' }, { enabled: false }],
    [
      'relabel',
      { operation: 'relabel', set_labels: { team: 'web', severity: 'info' }, remove_labels: ['old'] },
      { labels: { team: 'web' }, severity: 'info' },
    ],
  ])('%s rules, one by one', async (_what, terms, expected) => {
    const [first, second] = (await some(2, { labels: { old: 'x' } })) as [string, string];
    const done = await batch({ ...terms, rule_ids: [second, 'nowhere', first], reason: 'why' });
    expect(done).toMatchObject({
      state: 'finished',
      total: 3,
      done: 2,
      failed: 1,
      waiting: 0,
      unchanged: 0,
      reason: 'why',
    });
    expect(done.items).toEqual([
      { rule_id: second, status: 'done', version: 2, error: null },
      {
        rule_id: 'nowhere',
        status: 'failed',
        version: null,
        error: expect.objectContaining({ code: 'not_found' }) as object,
      },
      { rule_id: first, status: 'done', version: 2, error: null },
    ]);
    for (const id of [first, second]) expect(await ruleOf(id)).toMatchObject(expected);
    expect(await batch({ ...terms, rule_ids: [first] })).toMatchObject({ unchanged: 1, done: 0 });
    expect(await world.gateway.request(getRuleBatch, { id: done.id })).toEqual(done);
  });

  it('distribute adds clusters, retarget leaves only those given, enable brings rules back, delete takes them', async () => {
    const [id] = (await some(1, { enabled: false })) as [string];
    const own = (await ruleOf(id)).targets;
    const other = await world.cluster();
    const placed = async () =>
      (await world.targets(id))
        .filter(({ status }) => status !== 'removing')
        .map(({ cluster_id }) => cluster_id)
        .sort();

    await batch({ operation: 'enable', rule_ids: [id] });
    await batch({ operation: 'distribute', rule_ids: [id], targets: [other.name] });
    expect((await ruleOf(id)).targets).toEqual([...own, other.name]);
    expect(await placed()).toEqual([own[0], other.id].sort());
    await batch({ operation: 'retarget', rule_ids: [id], targets: [other.name] });
    expect(await placed()).toEqual([other.id]);
    await batch({ operation: 'delete', rule_ids: [id] });
    await expect(ruleOf(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('leave no trace of a rule that cannot be changed, and the others are', async () => {
    const same = { name: 'Same', group: `g-${Math.random()}`, targets: [(await world.cluster()).id] };
    await world.create({ ...same, labels: { y: '1' } });
    const twin = await world.create({ ...same, labels: { y: '2' } });
    const [before, after] = (await some(2)) as [string, string];
    // The twin would become the rule that is there already.
    const done = await batch({ operation: 'relabel', rule_ids: [before, twin.id, after], set_labels: { y: '1' } });
    expect(done.items.map(({ status }) => status)).toEqual(['done', 'failed', 'done']);
    expect(done.items[1]?.error).toMatchObject({ code: 'conflict', pointer: '/name' });
    expect(await ruleOf(twin.id)).toEqual(twin);
    expect((await world.gateway.request(listRuleVersions, { id: twin.id })).items).toHaveLength(1);
    expect(await world.gateway.request(serviceOperations.rules.verifyAudit, {})).toMatchObject({ ok: true });
  });

  it.each<[string, Omit<RuleBatchInput, 'rule_ids'>, string]>([
    ['targets', { operation: 'distribute' }, '/targets'],
    ['a cluster that exists', { operation: 'retarget', targets: ['nowhere'] }, '/targets/0'],
    ['labels', { operation: 'relabel' }, '/set_labels'],
  ])('are refused without %s', async (_what, terms, pointer) => {
    await expect(batch({ ...terms, rule_ids: ['a'] })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer }],
    });
  });

  it('that can not go on keep no other waiting', async () => {
    const ids = await some(2);
    const { manager } = world.service.get(DataSource);
    const store = world.service.get(RuleBatchesStore);
    const stored = (changes: Partial<StoredBatch>): StoredBatch => ({
      id: newId(),
      operation: 'disable',
      terms: { targets: null, pinned: {}, setLabels: null, removeLabels: null },
      actor: ACTOR,
      reason: null,
      total: 1,
      createdAt: world.clock.now(),
      finishedAt: null,
      ...changes,
    });
    // Taken up by the loop, oldest first; the first one is as no program of ours has written it.
    const broken = stored({ terms: {} as never });
    const good = stored({});
    await store.insert(manager, broken, [ids[0]!]);
    await store.insert(manager, good, [ids[1]!]);
    const end = async () => (await store.find(manager, good.id))?.finishedAt ?? null;
    await pollUntil(end, { what: 'the end of the batch behind the broken one' });
    expect((await store.find(manager, broken.id))?.finishedAt).toBeNull();
    expect(await ruleOf(ids[0]!)).toMatchObject({ enabled: true });
    expect(await ruleOf(ids[1]!)).toMatchObject({ enabled: false });
    await store.finish(manager, broken.id, world.clock.now());
  });

  it('that a kill -9 interrupted go on where they were, and change each rule once', async () => {
    const ids = await some(60);
    await world.service.close();
    const start = async (dieAt: number) => {
      child = fork(join(__dirname, 'rules-process.ts'), [world.databaseUrl, nats.url, String(dieAt)], {
        execArgv: [
          '--conditions=@alertagent/source',
          '-r',
          join(__dirname, '../../../libs/service-kit/test/typescript-in-node.cjs'),
        ],
      });
      const ended = once(child, 'exit').then(() => Promise.reject(new Error('it did not start')));
      ended.catch(() => undefined);
      await Promise.race([once(child, 'message'), ended]);
    };
    const latest = async () => {
      const [listed] = (await world.gateway.request(listRuleBatches, { limit: 1 })).items;
      return listed ? world.gateway.request(getRuleBatch, { id: listed.id }) : null;
    };

    await start(40);
    await pollUntil(() => world.gateway.request(listRules, {}), { what: 'the service answers', timeoutMs: 30_000 });
    const died = once(child!, 'exit');
    // The answer dies with the process.
    const asked = batch({ operation: 'disable', rule_ids: ids }).catch(() => null);
    await died;
    await start(0);
    const finished = await pollUntil(
      async () => {
        const one = await latest();
        return one?.state === 'finished' && one.total === ids.length ? one : null;
      },
      { what: 'the end', timeoutMs: 30_000 },
    );
    await asked;

    expect(finished.items.map(({ status, version }) => `${status} ${version}`)).toEqual(ids.map(() => 'done 2'));
    for (const id of ids) expect(await ruleOf(id)).toMatchObject({ enabled: false, version: 2 });
    expect(await world.gateway.request(serviceOperations.rules.verifyAudit, {})).toMatchObject({ ok: true });
    const gone = once(child!, 'exit');
    child!.kill('SIGKILL');
    await gone;
    child = null;
    await world.startService();
  }, 120_000);
});
