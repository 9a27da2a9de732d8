import { randomUUID } from 'node:crypto';
import {
  changeSilence,
  createSilence,
  expireSilence,
  getSilence,
  listSilences,
  mergeSilences,
  serviceOperations,
  type RegisteredCluster,
  type SilenceInput,
  type SilenceWritten,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, startAlertmanager, type NatsServer } from '@alertagent/local-stack';
import { AlertmanagerPair, Door, silencesAt, type ListedSilence } from './alertmanager-pair';
import { ACTOR, ClustersWorld } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;
let pair: AlertmanagerPair;

beforeAll(async () => {
  nats = await stack.startTestNats();
  pair = await AlertmanagerPair.start();
}, 120_000);
afterAll(async () => {
  await pair?.stop();
  await stack.close();
}, 60_000);

const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

describe.each(stack.testDatabaseUrls())('silences in a mesh of Alertmanagers, on $name', (database) => {
  let world: ClustersWorld;
  let cluster: RegisteredCluster;
  /** What the silence of this test is about. */
  let service: string;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database, { security: { outbound_allow: ['127.0.0.0/8'] } });
  }, 120_000);
  afterAll(() => world?.close());
  beforeEach(async () => {
    pair.mend();
    service = randomUUID();
    cluster = await world.register({ alertmanagers: pair.addresses });
  });

  const silence = (changes: Partial<SilenceInput> = {}): SilenceInput => ({
    matchers: [{ name: 'service', value: service }],
    ends_at: inHours(2),
    comment: 'being mended',
    ...changes,
  });
  const create = (input: SilenceInput, key: string = randomUUID()): Promise<SilenceWritten> =>
    world.gateway.request(createSilence, { id: cluster.id, silence: input, idempotency_key: key, actor: ACTOR });
  const change = (silence_id: string, input: SilenceInput): Promise<SilenceWritten> =>
    world.gateway.request(changeSilence, { id: cluster.id, silence_id, silence: input, actor: ACTOR });
  const expire = (silence_id: string): Promise<SilenceWritten> =>
    world.gateway.request(expireSilence, { id: cluster.id, silence_id, actor: ACTOR });
  /** Once both list the same, as many as expected. */
  const untilBoth = (count: number, isWanted: (one: ListedSilence) => boolean = () => true): Promise<ListedSilence[]> =>
    pollUntil(
      async () => {
        const lists = await Promise.all(pair.servers.map(({ url }) => silencesAt(url, service)));
        const wanted = lists.map((list) => list.filter(isWanted));
        // One that has not heard yet may list as many, and others.
        const [first, second] = wanted.map((list) => list.map(({ id }) => id).sort());
        return first!.length === count && first!.join() === second!.join() ? wanted[0]! : null;
      },
      { what: `both Alertmanagers list ${count} silences`, timeoutMs: 30_000 },
    );
  const isActive = ({ status }: ListedSilence): boolean => status.state === 'active';
  const actions = async (): Promise<string[]> => {
    const { items } = await world.gateway.request(serviceOperations.clusters.listAudit, { limit: 10 });
    return items.filter(({ resource_type }) => resource_type === 'silence').map(({ action }) => action);
  };

  it('are written to one member, known by both, and not written again under their key', async () => {
    const input = silence();
    const written = await create(input, 'one-key');
    expect(written).toMatchObject({ changed: true, meshes: [{ mesh: 1, id: written.id }], unanswered: [] });
    expect(written.meshes[0]!.members).toHaveLength(2);
    expect(pair.writes).toEqual(['POST /api/v2/silences']);
    expect(await untilBoth(1)).toMatchObject([{ id: written.id }]);

    expect(await create(input, 'one-key')).toMatchObject({
      changed: false,
      id: written.id,
      meshes: [{ written_by: null }],
    });
    expect(pair.writes).toHaveLength(1);
    await expect(create({ ...input, comment: 'something else' }, 'one-key')).rejects.toMatchObject({
      code: 'conflict',
    });
    await expire(written.id);
    // Somebody ended it: a late repetition must not bring it back.
    expect(await create(input, 'one-key')).toMatchObject({ changed: false, id: written.id });
    expect((await actions()).slice(0, 4)).toEqual([
      'silence.expired',
      'silence.expire-requested',
      'silence.created',
      'silence.create-requested',
    ]);
  });

  it('that were taken and not answered are found by their marker and written once', async () => {
    for (const door of pair.doors) door.spoilt.set('POST', 'passes on and hangs up');
    const written = await create(silence());
    expect(pair.writes).toHaveLength(1);
    expect(await untilBoth(1)).toMatchObject([{ id: written.id }]);
  });

  it('that lie with a member that froze are not written to the other, and are found once it goes on', async () => {
    for (const door of pair.doors) door.spoilt.set('POST', 'freezes');
    const input = silence();
    await expect(create(input, 'frozen')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Idempotency-Key') as unknown,
    });
    expect(pair.writes).toHaveLength(1);
    for (const door of pair.doors) door.thaw();
    const [taken] = await untilBoth(1);
    expect(await create(input, 'frozen')).toMatchObject({ id: taken!.id, changed: false });
    expect(await untilBoth(1)).toHaveLength(1);
    expect(pair.writes).toHaveLength(1);
  }, 60_000);

  it('that one member did not take are written to the other, after a look', async () => {
    for (const door of pair.doors) door.spoilt.set('POST', 'answers 500');
    await expect(create(silence(), 'again')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Idempotency-Key') as unknown,
    });
    expect(pair.writes).toHaveLength(2);
    expect((await actions())[0]).toBe('silence.create-failed');
    pair.doors[0].spoilt.clear();
    const written = await create(silence(), 'again');
    expect(written.meshes[0]!.written_by).toBe(pair.doors[0].url);
    await untilBoth(1);
  });

  it('that were answered with the page of a proxy are looked for before anything is written again', async () => {
    pair.doors[0].spoilt.set('POST', 'answers HTML');
    pair.doors[1].spoilt.set('POST', 'answers HTML');
    await expect(create(silence())).rejects.toMatchObject({ code: 'unavailable' });
    expect(await untilBoth(0)).toEqual([]);
  });

  it('keep their id with another end, get another with other matchers, and are never two', async () => {
    const { id } = await create(silence());
    await untilBoth(1);
    const longer = silence({ ends_at: inHours(5) });
    expect(await change(id, longer)).toMatchObject({ id, changed: true });
    expect(await change(id, longer)).toMatchObject({ id, changed: false });
    await untilBoth(1, ({ endsAt }) => Date.parse(endsAt) === Date.parse(longer.ends_at));

    const other = silence({
      ...longer,
      matchers: [
        { name: 'service', value: service },
        { name: 'zone', value: 'a' },
      ],
    });
    for (const door of pair.doors) door.spoilt.set('POST', 'passes on and hangs up');
    const moved = await change(id, other);
    expect(moved.id).not.toBe(id);
    pair.mend();
    expect(await change(id, other)).toMatchObject({ id: moved.id, changed: false });
    expect(pair.writes).toEqual([]);
    await untilBoth(1, ({ id: known }) => known === moved.id);
    expect(await untilBoth(1, isActive)).toMatchObject([{ id: moved.id }]);
    const { silence: shown } = await world.gateway.request(getSilence, { id: cluster.id, silence_id: id });
    expect(shown).toMatchObject({
      id: moved.id,
      other_ids: [],
      state: 'active',
      by_alertagent: true,
      comment: 'being mended',
    });
  });

  it('that others made can be changed, and a change that was not answered is found', async () => {
    const made = await fetch(`${pair.servers[0].url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'service', value: service, isRegex: false, isEqual: true }],
        startsAt: new Date().toISOString(),
        endsAt: inHours(1),
        createdBy: 'bob',
        comment: 'by hand',
      }),
    });
    const { silenceID } = (await made.json()) as { silenceID: string };
    await untilBoth(1);
    const other = silence({
      matchers: [
        { name: 'service', value: service },
        { name: 'zone', value: 'b' },
      ],
    });
    for (const door of pair.doors) door.spoilt.set('POST', 'passes on and hangs up');
    const moved = await change(silenceID, other);
    expect(pair.writes).toHaveLength(1);
    await untilBoth(1, ({ id: known }) => known === moved.id);
    expect(await untilBoth(1, isActive)).toMatchObject([{ id: moved.id }]);
  });

  it('are ended once and for both, and can then not be changed', async () => {
    const { id } = await create(silence());
    for (const door of pair.doors) door.spoilt.set('DELETE', 'passes on and hangs up');
    expect(await expire(id)).toMatchObject({ id, changed: true });
    expect(await untilBoth(0, isActive)).toEqual([]);
    pair.mend();
    expect(await expire(id)).toMatchObject({ id, changed: false });
    expect(pair.writes).toEqual([]);
    await expect(change(id, silence())).rejects.toMatchObject({ code: 'conflict' });
    await expect(expire(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are written to every mesh once, shown as one and ended together', async () => {
    const alone = await startAlertmanager();
    const door = await Door.open(alone.url);
    try {
      cluster = await world.register({ alertmanagers: [...pair.addresses, { url: door.url }] });
      const written = await create(silence());
      expect(written.meshes.map(({ members }) => members.length).sort()).toEqual([1, 2]);
      expect([...pair.writes, ...door.writes]).toHaveLength(2);
      await untilBoth(1);
      expect(await silencesAt(alone.url, service)).toHaveLength(1);
      const { items } = await world.gateway.request(mergeSilences, { cluster: cluster.name, limit: 500 });
      const own = items.filter(({ matchers }) => matchers[0]!.value === service);
      expect(own).toHaveLength(1);
      expect(own[0]!.members).toHaveLength(3);
      expect([own[0]!.id, ...own[0]!.other_ids].sort()).toEqual(written.meshes.map(({ id }) => id).sort());

      const second = written.meshes[1]!.id;
      expect((await expire(second)).meshes).toHaveLength(2);
      await untilBoth(0, isActive);
      expect((await silencesAt(alone.url, service)).filter(isActive)).toEqual([]);
    } finally {
      await door.close();
      await alone.stop();
    }
  }, 60_000);

  it('are refused with the field when Alertmanager would refuse them, and nothing is sent', async () => {
    const refused = async (changes: Partial<SilenceInput>): Promise<string[]> => {
      const error = await create(silence(changes)).then(
        () => ({ errors: [] }),
        (problem: unknown) => problem as { errors: { pointer: string }[] },
      );
      return error.errors.map(({ pointer }) => pointer);
    };
    expect(await refused({ ends_at: '2020-01-01T00:00:00Z' })).toEqual(['/ends_at']);
    expect(await refused({ starts_at: inHours(3) })).toEqual(['/ends_at']);
    expect(await refused({ matchers: [{ name: 'a', value: '.*', is_regex: true }] })).toEqual(['/matchers']);
    expect(await refused({ matchers: [{ name: 'a', value: '(', is_regex: true }] })).toEqual(['/matchers/0']);
    expect(await refused({ comment: `x [alertagent:${'0'.repeat(32)}]` })).toEqual(['/comment']);
    expect(pair.writes).toEqual([]);
  });

  it('are listed page by page, those that have ended only when asked for', async () => {
    const ids = [];
    for (const zone of ['a', 'b', 'c']) {
      const matchers = [
        { name: 'service', value: service },
        { name: 'zone', value: zone },
      ];
      ids.push((await create(silence({ matchers }))).id);
    }
    await untilBoth(3);
    await expire(ids[0]!);
    await untilBoth(1, (one) => !isActive(one));
    const listed = async (state?: 'expired'): Promise<string[]> => {
      const found: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await world.gateway.request(listSilences, { id: cluster.id, limit: 1, cursor, state });
        found.push(
          ...page.items.filter(({ matchers }) => matchers.some(({ value }) => value === service)).map(({ id }) => id),
        );
        cursor = page.next_cursor ?? null;
      }
      return found.sort();
    };
    expect(await listed()).toEqual(ids.slice(1).sort());
    expect(await listed('expired')).toEqual([ids[0]]);
    await expect(world.gateway.request(listSilences, { id: cluster.id, cursor: 'made up' })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
