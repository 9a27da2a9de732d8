import type { AlertSourcePage, AlertSourcePreview, AlertSourceView } from '../src/sources/alert-source.dto';
import { KnownCluster } from '../src/incidents/known-cluster.entity';
import { AlertStand, DATABASES } from './alert-stand';

const mapping = {
  list: '/events',
  status: { path: 'state', resolved: ['ok'] },
  labels: {
    alertname: { path: 'check', required: true },
    service: { path: 'host' },
    site: { path: '$root.site', default: 'nowhere' },
  },
  annotations: { summary: { path: 'text' } },
};
const event = (host: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  check: 'disk full',
  host,
  state: 'bad',
  ...over,
});

describe.each(DATABASES)('alert sources on %s', (kind) => {
  let stand: AlertStand;
  let input: Record<string, unknown>;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
    await stand.database.manager.insert(KnownCluster, [
      { id: stand.first.id, name: 'first', version: 1, retired_at: null },
      { id: stand.second.id, name: 'second', version: 1, retired_at: null },
    ]);
    input = { name: 'checks', cluster: 'first', format: 'mapped', mapping };
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const create = async (over: Record<string, unknown> = {}): Promise<AlertSourceView> => {
    const { status, body } = await stand.tell<AlertSourceView>('POST', '/alerts/sources', { ...input, ...over });
    expect(status).toBe(201);
    return body;
  };
  const alertsOf = async (service: string) =>
    (await stand.alerts()).filter(({ labels }) => labels['service'] === service);

  it('are created, listed in pages, shown, changed and deleted, each of it audited', async () => {
    const created = await create();
    expect(created).toMatchObject({ cluster_id: stand.first.id, cluster_name: 'first', version: 1, mapping });
    await create({ name: 'more' });
    const page = await stand.get<AlertSourcePage>('/alerts/sources?limit=1');
    expect(page.items).toHaveLength(1);
    const rest = await stand.get<AlertSourcePage>(`/alerts/sources?cursor=${page.next_cursor}`);
    expect(rest.items.map(({ id }) => id)).toContain(created.id);

    const shown = await stand.ask<AlertSourceView>('GET', `/alerts/sources/${created.id}`);
    expect(shown).toMatchObject({ status: 200, body: created });
    const etag = shown.headers.get('etag')!;
    const renamed = { ...input, name: 'renamed' };
    const changed = await stand.tell('PUT', `/alerts/sources/${created.id}`, renamed, { 'if-match': etag });
    expect(changed).toMatchObject({ status: 200, body: { name: 'renamed', version: 2 } });
    expect((await stand.tell('PUT', `/alerts/sources/${created.id}`, renamed, { 'if-match': etag })).status).toBe(412);
    const moved = { ...input, cluster: 'second' };
    expect((await stand.tell('PUT', `/alerts/sources/${created.id}`, moved)).status).toBe(400);

    expect((await stand.ask('DELETE', `/alerts/sources/${created.id}`)).status).toBe(204);
    expect((await stand.ask('GET', `/alerts/sources/${created.id}`)).status).toBe(404);
    expect((await stand.ask('DELETE', `/alerts/sources/${created.id}`)).status).toBe(404);
    const trail = await stand.database.query<{ action: string }[]>(
      'SELECT action FROM gateway_audit_log WHERE resource_id = ? ORDER BY seq',
      [created.id],
    );
    expect(trail.map(({ action }) => action)).toEqual([
      'alert_source.created',
      'alert_source.changed',
      'alert_source.deleted',
    ]);
  });

  it('are refused with the place of every mistake', async () => {
    const bad = { ...input, mapping: { ...mapping, labels: { service: { path: '/a~2' } }, lost: 1 } };
    const answer = await stand.tell<{ errors: { pointer: string }[] }>('POST', '/alerts/sources', bad);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ pointer }) => pointer).sort()).toEqual([
      '/mapping/labels/service/path',
      '/mapping/lost',
    ]);
    expect((await stand.tell('POST', '/alerts/sources', { ...input, mapping: null })).status).toBe(400);
    expect((await stand.tell('POST', '/alerts/sources', { ...input, format: 'grafana' })).status).toBe(400);
    expect((await stand.tell('POST', '/alerts/sources', { ...input, cluster: 'unheard of' })).status).toBe(400);
  });

  it('turn messages into alerts of their cluster, and repetitions into the same episode until it is resolved', async () => {
    const { path } = await create();
    for (const text of ['first', 'again']) {
      expect(await stand.send(path, { site: 'north', events: [event('disk', { text })] })).toMatchObject({
        status: 202,
        body: { accepted: 1, quarantined: [] },
      });
    }
    await stand.settled();
    expect(await alertsOf('disk')).toMatchObject([
      { status: 'firing', cluster_id: stand.first.id, labels: { alertname: 'disk full', site: 'north' } },
    ]);
    for (let times = 0; times < 2; times++) {
      await stand.send(path, { site: 'north', events: [event('disk', { state: 'ok' })] });
    }
    await stand.settled();
    expect(await alertsOf('disk')).toMatchObject([{ status: 'resolved' }]);
    await stand.send(path, { site: 'north', events: [event('disk')] });
    await stand.settled();
    expect((await alertsOf('disk')).map(({ status }) => status).sort()).toEqual(['firing', 'resolved']);
  });

  it('read what was stored with the mapping of that time', async () => {
    const { id, path } = await create();
    await stand.send(path, { events: [event('old')] });
    const [row] = await stand.database.query<{ source_version: number; source_id: string }[]>(
      'SELECT source_id, source_version FROM alert_inbox ORDER BY id DESC LIMIT 1',
    );
    expect(row).toMatchObject({ source_id: id, source_version: 1 });
    const labels = { alertname: { path: 'check' }, service: { value: 'renamed' } };
    await stand.tell('PUT', `/alerts/sources/${id}`, { ...input, mapping: { ...mapping, labels } });
    // As a gateway finds it that was away in between.
    await stand.settled();
    expect(await alertsOf('old')).toHaveLength(1);
    expect(await alertsOf('renamed')).toEqual([]);
  });

  it('keep bad items with what surrounded them, and read them again after a replay', async () => {
    const { path } = await create();
    const bad = '{"host":"set-aside", "state":"bad"}';
    const body = `{"site":"south","events":[${JSON.stringify(event('good'))},${bad}]}`;
    expect((await stand.send(path, body)).body).toEqual({
      accepted: 1,
      quarantined: [{ index: 1, code: 'missing_field' }],
    });
    await stand.settled();
    const { items } = await stand.get<{ items: { id: string; pointer: string }[] }>('/quarantine?code=missing_field');
    expect(items[0]!.pointer).toBe('/events/1/check');
    const { raw } = await stand.get<{ raw: string }>(`/quarantine/${items[0]!.id}`);
    expect(raw).toBe(`{"site":"south","events":[${bad}]}`);
    await stand.database.query('UPDATE alert_quarantine SET raw = ? WHERE id = ?', [
      raw.replace('"host"', '"check":"disk full","host"'),
      items[0]!.id,
    ]);
    await stand.ask('POST', `/quarantine/${items[0]!.id}/replay`);
    await stand.settled();
    expect(await alertsOf('set-aside')).toMatchObject([{ labels: { site: 'south' } }]);
  });

  it('take nothing with the token of another cluster, and nothing once deleted', async () => {
    const { id, path } = await create();
    expect((await stand.send(path, { events: [] }, stand.second)).status).toBe(404);
    const fresh = await create();
    expect((await stand.ask('DELETE', `/alerts/sources/${fresh.id}`)).status).toBe(204);
    expect((await stand.send(fresh.path, { events: [] })).status).toBe(404);
    expect((await stand.send(path, { events: 5 })).status).toBe(400);
    expect(id).not.toBe(fresh.id);
  });

  it('can be tried on a sample without anything being stored', async () => {
    const before = await stand.settled();
    const preview = (body: unknown) => stand.tell<AlertSourcePreview>('POST', '/alerts/sources/preview', body);
    const sample = { site: 'x', events: [event('try'), { host: 'nameless' }] };
    expect(await preview({ format: 'mapped', mapping, sample })).toMatchObject({
      status: 200,
      body: {
        alerts: [{ index: 0, status: 'firing', name: 'disk full', start_assumed: true, labels: { site: 'x' } }],
        problems: [{ pointer: '/sample/events/1/check', code: 'missing_field' }],
      },
    });
    expect((await preview({ format: 'mapped', mapping: { labels: {} }, sample })).body).toMatchObject({
      alerts: [],
      problems: [{ pointer: '/mapping/labels/alertname' }],
    });
    expect((await preview({ format: 'mapped', mapping, sample: {} })).body.problems).toMatchObject([
      { pointer: '/sample/events' },
    ]);
    expect(await stand.settled()).toEqual(before);
  });
});
