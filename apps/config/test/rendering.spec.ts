import {
  listRevisions,
  revisionPublished,
  revisionRefused,
  type ListRevisions,
  type RevisionPage,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { newId } from '@alertagent/service-kit';
import { rule, type KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('rendering on %s', (kind) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(kind);
  }, 120_000);

  afterAll(() => stand?.stop());

  const revisionsOf = (cluster: KnownCluster, query: Partial<ListRevisions> = {}): Promise<RevisionPage> =>
    stand.neighbours.rules.request(listRevisions, { cluster_id: cluster.id, ...query });

  const refusalsOf = async (cluster: KnownCluster) =>
    (await stand.neighbours.rules.events(revisionRefused)).filter((event) => event.cluster_id === cluster.id);

  it('publishes once what several events are about, and tells which rules are in it', async () => {
    const cluster = stand.neighbours.addCluster();
    const rules = [rule('B', { version: 3 }), rule('A')];
    await stand.neighbours.place(cluster, rules);
    await stand.served(cluster, 1);
    await stand.untilRendered('unchanged', () => stand.neighbours.place(cluster, [...rules].reverse()));
    expect((await revisionsOf(cluster)).items).toHaveLength(1);
    const events = await pollUntil(
      async () => {
        const found = (await stand.neighbours.rules.events(revisionPublished)).filter(
          (event) => event.cluster_id === cluster.id,
        );
        return found.length > 0 ? found : null;
      },
      { what: 'the event' },
    );
    expect(events).toHaveLength(1);
    const [event] = events;
    expect(event?.rules.map(({ name, rule_version, group }) => [name, rule_version, group])).toEqual([
      ['A', 1, 'test'],
      ['B', 3, 'test'],
    ]);
  });

  it('renders once for all events that wait together, however many a batch of rules brings', async () => {
    const [busy, other] = [stand.neighbours.addCluster(), stand.neighbours.addCluster()];
    const rules = Array.from({ length: 50 }, (_, index) => rule(`Rule${index}`));
    stand.neighbours.answerTogether(2);
    for (let count = 1; count <= rules.length; count += 1) await stand.neighbours.place(busy, rules.slice(0, count));
    // Whose event comes last, and lets the first render go on.
    const first = rule('First');
    await stand.neighbours.place(other, [first]);
    await stand.served(busy, 1);
    await stand.neighbours.place(busy, [...rules, rule('OneMore')]);
    await stand.served(busy, 2);
    // Its event comes after all of the others.
    await stand.neighbours.place(other, [first, rule('Last')]);
    await stand.served(other, 2);
    expect(busy.questions).toBeLessThanOrEqual(3);
  });

  it('renders the canary beside the rules, or alone, and takes it away when nobody wants it', async () => {
    const cluster = stand.neighbours.addCluster();
    cluster.hasCanary = true;
    await stand.neighbours.register(cluster);
    const alone = await stand.served(cluster, 1);
    expect(alone.body.toString()).toContain('alert: "AlertAgentCanary"');
    await stand.neighbours.place(cluster, [rule('Down')]);
    expect((await stand.served(cluster, 2)).body.toString()).toMatch(/AlertAgentCanary[^]*Down/);

    cluster.hasCanary = false;
    await stand.neighbours.register(cluster);
    expect((await stand.served(cluster, 3)).body.toString()).not.toContain('AlertAgentCanary');
    expect(await refusalsOf(cluster)).toEqual([]);
  });

  it('keeps serving the former file when a rule vanishes that nobody withdrew', async () => {
    const cluster = stand.neighbours.addCluster();
    const [kept, lost] = [rule('Kept'), rule('Lost')];
    await stand.neighbours.place(cluster, [kept, lost]);
    const before = await stand.served(cluster, 1);
    await stand.untilRendered('refused', () => stand.neighbours.place(cluster, [kept]));
    await stand.untilRendered('refused', () => stand.neighbours.place(cluster, [kept]));
    expect((await stand.fetch(cluster)).body).toEqual(before.body);
    const { items } = await revisionsOf(cluster);
    expect(items.map(({ revision, status }) => [revision, status])).toEqual([
      [2, 'refused'],
      [1, 'published'],
    ]);
    const refusals = await pollUntil(
      async () => ((await refusalsOf(cluster)).length > 0 ? refusalsOf(cluster) : null),
      { what: 'the event' },
    );
    expect(refusals).toHaveLength(1);
    expect(refusals[0]?.reason).toBe('1 rule would vanish although nobody withdrew it: test/Lost');
  });

  it('serves a file without rules only when the last rule was withdrawn', async () => {
    const cluster = stand.neighbours.addCluster();
    const only = rule('Only');
    await stand.neighbours.place(cluster, [only]);
    const before = await stand.served(cluster, 1);
    await stand.untilRendered('refused', () => stand.neighbours.place(cluster, []));
    expect((await stand.fetch(cluster)).body).toEqual(before.body);
    cluster.rules = [only];
    await stand.neighbours.withdraw(cluster, [only]);
    const empty = await stand.served(cluster, 3);
    expect(empty.headers.get('x-config-rules')).toBe('0');
    expect(empty.headers.get('x-config-empty')).toBe('confirmed');
    expect(empty.body.length).toBeGreaterThan(0);
  });

  it('gives a cluster that never had rules no file at all', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.untilRendered('skipped', () => stand.neighbours.place(cluster, []));
    expect((await stand.fetch(cluster)).status).toBe(404);
  });

  /** A cluster that is served one good rule, after a second one was refused. */
  const refused = async () => {
    const cluster = stand.neighbours.addCluster();
    const good = rule('Good');
    await stand.neighbours.place(cluster, [good]);
    const before = await stand.served(cluster, 1);
    const bad = rule('Bad', { expression: 'sum(' });
    await stand.untilRendered('refused', () => stand.neighbours.place(cluster, [good, bad]));
    return { cluster, good, bad, before };
  };

  it('does not serve what promtool refuses, says which rules that holds back, and goes on after the repair', async () => {
    const { cluster, good, bad, before } = await refused();
    expect((await stand.fetch(cluster)).body).toEqual(before.body);
    const [refusal] = await pollUntil(
      async () => ((await refusalsOf(cluster)).length > 0 ? refusalsOf(cluster) : null),
      { what: 'the event' },
    );
    expect(refusal?.rules.map(({ name }) => name)).toEqual(['Bad']);
    expect(refusal?.reason).toMatch(/^promtool refuses the file: .*Bad.*parse error/);
    expect(refusal?.reason).not.toContain('/alertagent-check-');
    await stand.neighbours.place(cluster, [good, { ...bad, version: 2, expression: 'sum(up)' }]);
    expect((await stand.served(cluster, 3)).headers.get('x-config-rules')).toBe('2');
  });

  it('tries what was refused once more after a start, says the same reason only once, and goes on when a release can write it', async () => {
    const { cluster, good, bad, before } = await refused();
    await stand.restart();
    await pollUntil(async () => (await stand.renders('refused')) > 0, { what: 'another try' });
    expect((await stand.fetch(cluster)).body).toEqual(before.body);
    expect(await refusalsOf(cluster)).toHaveLength(1);
    // As if the new release wrote it otherwise: nobody says anything.
    cluster.rules = [good, { ...bad, expression: 'sum(up)' }];
    await stand.restart();
    expect((await stand.served(cluster, 3)).headers.get('x-config-rules')).toBe('2');
  });

  it('does not serve an Alertmanager configuration that cannot be written', async () => {
    const cluster = stand.neighbours.addCluster();
    cluster.webhookUrl = 'ftp://nowhere';
    await stand.untilRendered('refused', () => stand.neighbours.register(cluster), 'alertmanager-config');
    expect((await stand.fetch(cluster, { type: 'alertmanager-config' })).status).toBe(404);
    cluster.webhookUrl = 'https://alertagent.example/api/v1/alerts/webhook';
    await stand.neighbours.register(cluster);
    const served = await stand.served(cluster, 2, 'alertmanager-config');
    expect(served.body.toString()).toContain(cluster.webhookUrl);
    expect(served.headers.get('x-config-rules')).toBe('0');
    expect(served.headers.get('x-config-empty')).toBeNull();
  });

  it('has every published file judged by promtool or amtool, and counts what that took', async () => {
    const accepted = (tool: string) =>
      stand.metric(`alertagent_config_check_duration_seconds_count{tool="${tool}",outcome="accepted"}`);
    const before = [await accepted('promtool'), await accepted('amtool')];
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.place(cluster, [rule('Down')]);
    await stand.neighbours.register(cluster);
    await Promise.all([stand.served(cluster, 1), stand.served(cluster, 1, 'alertmanager-config')]);
    expect([await accepted('promtool'), await accepted('amtool')]).toEqual(before.map((count) => count + 1));
  });

  it('skips a cluster that its owner does not know', async () => {
    const cluster = stand.neighbours.addCluster();
    stand.neighbours.removeCluster(cluster.id);
    await stand.untilRendered('skipped', () => stand.neighbours.place(cluster, [rule('Down')]));
  });

  it('renders after all when the rules service was away while the event came', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.stopRules();
    try {
      await stand.untilRendered('error', () => stand.neighbours.place(cluster, [rule('Patient')]));
      expect((await stand.fetch(cluster)).status).toBe(404);
    } finally {
      await stand.neighbours.startRules();
    }
    expect((await stand.served(cluster, 1)).body.toString()).toContain('Patient');
  });

  it('lists revisions page by page, newest first', async () => {
    const cluster = stand.neighbours.addCluster();
    const subject = rule('Down');
    for (let version = 1; version <= 3; version += 1) {
      await stand.neighbours.place(cluster, [{ ...subject, version }]);
      await stand.served(cluster, version);
    }
    const first = await revisionsOf(cluster, { limit: 2 });
    expect(first.items.map(({ revision }) => revision)).toEqual([3, 2]);
    const second = await revisionsOf(cluster, { limit: 2, cursor: first.next_cursor });
    expect(second.items.map(({ revision }) => revision)).toEqual([1]);
    expect(second.next_cursor).toBeNull();
    expect((await revisionsOf(cluster, { type: 'alertmanager-config' })).items).toEqual([]);
    expect((await revisionsOf({ ...cluster, id: newId() })).items).toEqual([]);
    await expect(revisionsOf(cluster, { cursor: "' OR 1" })).rejects.toMatchObject({ code: 'invalid' });
  });
});
