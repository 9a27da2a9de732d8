import { pollUntil } from '@alertagent/local-stack';
import type { AuditEntryPage } from '@alertagent/service-kit';
import type { IncidentDetail, IncidentPage } from '../src/incidents/incident.dto';
import type { NotePage, NoteView } from '../src/incidents/incident-operations.dto';
import { SettleSweeper } from '../src/incidents/settle-sweeper';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message, type AlertShape } from './webhooks';

const HOUR = 3_600_000;

describe.each(DATABASES)('what people do to incidents on %s', (kind) => {
  const clock = new MovingClock();
  let stand: AlertStand;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  /** Alerts of one service arrive and are processed; answers the newest incident of that service. */
  async function fire(service: string, ...alerts: AlertShape[]): Promise<IncidentDetail> {
    const shapes = alerts.length > 0 ? alerts : [{}];
    const startsAt = clock.at();
    const told = shapes.map((shape) => alert({ startsAt, ...shape, labels: { service, ...shape.labels } }));
    await stand.deliver(message(...told));
    await stand.settled();
    const incident = (await stand.incidents()).find(({ group_labels }) => group_labels['service'] === service);
    if (!incident) throw new Error(`no incident of ${service}`);
    return incident;
  }

  const show = (id: string): Promise<IncidentDetail> => stand.get<IncidentDetail>(`/incidents/${id}`);
  const post = (id: string, deed: string, body: unknown = {}) =>
    stand.tell<IncidentDetail & { errors?: unknown }>('POST', `/incidents/${id}/${deed}`, body);
  const moments = ({ timeline }: IncidentDetail): string[] => timeline.map(({ kind: moment }) => moment);
  const list = async (query: string): Promise<string[]> =>
    (await stand.get<IncidentPage>(`/incidents?limit=500&${query}`)).items.map(({ title }) => title);

  it('an acknowledgement with a note stays through ten repetitions, and ends when its time has come', async () => {
    const startsAt = clock.at();
    const { id } = await fire('acked', { startsAt });
    const acked = await post(id, 'acknowledge', { for: '1h', note: 'looking into it' });
    expect(acked).toMatchObject({
      status: 200,
      body: { acknowledged_by: 'configured administrator', notes: [{ text: 'looking into it' }] },
    });
    for (let repeat = 0; repeat < 10; repeat++)
      await stand.deliver(message(alert({ startsAt, labels: { service: 'acked' } })));
    await fire('acked', { labels: { instance: 'another' } });
    expect(await show(id)).toMatchObject({
      acknowledged_by: 'configured administrator',
      alert_count: 2,
      notes: [{ author: 'configured administrator' }],
    });

    clock.advance(HOUR);
    expect(await show(id)).toMatchObject({ acknowledged_by: null, acknowledged_until: null });
    const expired = await pollUntil(
      async () => {
        const now = await show(id);
        return moments(now).includes('ack_expired') ? now : null;
      },
      { what: 'the end of the acknowledgement' },
    );
    expect(expired.notes).toHaveLength(1);
    expect(moments(expired)).toEqual(['opened', 'note_added', 'acknowledged', 'ack_expired']);
  });

  it('an acknowledgement without an end lasts until it is taken back, which may be done twice', async () => {
    const { id } = await fire('kept');
    await post(id, 'acknowledge');
    clock.advance(48 * HOUR);
    expect((await show(id)).acknowledged_by).toBe('configured administrator');
    for (const turn of [1, 2]) {
      expect({ turn, ...(await stand.ask('DELETE', `/incidents/${id}/acknowledgement`)) }).toMatchObject({
        status: 204,
      });
    }
    expect(moments(await show(id))).toEqual(['opened', 'acknowledged', 'unacknowledged']);
  });

  it('a snooze ends by itself or by hand', async () => {
    const { id } = await fire('snoozed');
    expect(await post(id, 'snooze', { until: clock.at(HOUR), reason: 'known' })).toMatchObject({ status: 200 });
    expect(await list('snoozed=true')).toEqual([expect.stringContaining('snoozed')]);
    clock.advance(HOUR);
    expect(await list('snoozed=true')).toEqual([]);
    await post(id, 'snooze', { until: clock.at(HOUR) });
    expect(await stand.ask('DELETE', `/incidents/${id}/snooze`)).toMatchObject({ status: 204 });
    expect((await show(id)).snoozed_until).toBeNull();
  });

  it.each([
    ['acknowledge', { until: '2001-01-01T00:00:00Z' }, '/until'],
    ['acknowledge', { for: 'soon' }, '/for'],
    ['acknowledge', { for: '1h', until: '2999-01-01T00:00:00Z' }, '/for'],
    ['acknowledge', { for: '200d' }, '/for'],
    ['snooze', { until: 'tomorrow' }, '/until'],
    ['snooze', {}, '/until'],
    ['merge', { into: 'nobody' }, '/into'],
    ['split', { alert_ids: [], reason: 'x' }, '/alert_ids'],
    ['split', { alert_ids: ['nobody'], reason: 'x' }, '/alert_ids/0'],
    ['notes', { text: '' }, '/text'],
  ])('%s %j is refused with a pointer to what is wrong', async (deed, body, pointer) => {
    const { id } = await fire('refusals');
    const answer = await post(id, deed, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer })]));
  });

  it('what is over cannot be acknowledged, merged or split, and nothing can be done to what is not there', async () => {
    const startsAt = clock.at(-1000);
    const { id, alerts } = await fire('over', { startsAt });
    const other = await fire('not over');
    await fire('over', { startsAt, status: 'resolved', endsAt: clock.at() });
    for (const [deed, body] of [
      ['acknowledge', {}],
      ['snooze', { until: clock.at(HOUR) }],
      ['merge', { into: other.id }],
      ['split', { alert_ids: [alerts[0]!.id], reason: 'x' }],
      ['close_to_new_alerts', {}],
    ] as const) {
      expect({ deed, status: (await post(id, deed, body)).status }).toEqual({ deed, status: 409 });
      expect({ deed, status: (await post('nobody', deed, body)).status }).toEqual({ deed, status: 404 });
    }
    expect((await post(other.id, 'merge', { into: id })).status).toBe(409);
    expect((await post(other.id, 'merge', { into: other.id })).status).toBe(400);
  });

  it('notes can be added, listed, changed and deleted', async () => {
    const { id } = await fire('noted');
    const texts = ['first', 'second ✍️', 'third'];
    for (const text of texts) expect(await post(id, 'notes', { text })).toMatchObject({ status: 201 });
    const page = await stand.get<NotePage>(`/incidents/${id}/notes?limit=2`);
    expect(page.items.map(({ text }) => text)).toEqual(['third', 'second ✍️']);
    const rest = await stand.get<NotePage>(`/incidents/${id}/notes?cursor=${page.next_cursor}`);
    expect(rest).toMatchObject({ items: [{ text: 'first', updated_at: null }], next_cursor: null });

    const path = `/incidents/${id}/notes/${rest.items[0]!.id}`;
    expect(await stand.tell<NoteView>('PUT', path, { text: 'changed' })).toMatchObject({ body: { text: 'changed' } });
    expect(await stand.ask('DELETE', path)).toMatchObject({ status: 204 });
    expect(await stand.ask('DELETE', path)).toMatchObject({ status: 404 });
    expect((await show(id)).notes.map(({ text }) => text)).toEqual(['third', 'second ✍️']);
  });

  it('a merged incident leaves its alerts, present and future, to the other one', async () => {
    const target = await fire('merge target', { labels: { severity: 'warning' } });
    const startsAt = clock.at();
    const source = await fire(
      'merge source',
      { startsAt },
      { startsAt, labels: { instance: 'b', severity: 'critical' } },
    );
    const merged = await post(source.id, 'merge', { into: target.id, reason: 'the same cause' });
    expect(merged).toMatchObject({
      status: 200,
      body: { id: target.id, alert_count: 3, firing_count: 3, severity: 'critical', clusters: [{ alert_count: 3 }] },
    });
    expect(merged.body.priority < target.priority).toBe(true);
    expect(await show(source.id)).toMatchObject({
      status: 'resolved',
      merged_into: target.id,
      alert_count: 0,
      clusters: [],
    });

    await fire('merge source', { labels: { instance: 'c' } });
    expect(await show(target.id)).toMatchObject({ alert_count: 4, firing_count: 4 });
    await fire('merge source', { startsAt, status: 'resolved', endsAt: clock.at() });
    expect(await show(target.id)).toMatchObject({ alert_count: 4, firing_count: 3 });

    await post(target.id, 'close_to_new_alerts', { reason: 'enough' });
    const next = await fire('merge source', { labels: { instance: 'd' } });
    expect(next).toMatchObject({ alert_count: 1, merged_into: null });
    expect([source.id, target.id]).not.toContain(next.id);
  });

  it('what was merged twice ends in the last one, and a target that refuses leaves the group to itself', async () => {
    const [a, b, c] = [await fire('chain a'), await fire('chain b'), await fire('chain c')];
    await post(a.id, 'merge', { into: b.id });
    await post(b.id, 'merge', { into: c.id });
    await fire('chain a', { labels: { instance: 'later' } });
    expect(await show(c.id)).toMatchObject({ alert_count: 4 });
    expect(await show(a.id)).toMatchObject({ merged_into: c.id });

    clock.advance(HOUR);
    const own = await fire('chain a', { labels: { instance: 'much later' } });
    expect(own).toMatchObject({ alert_count: 1, status: 'open' });
    expect(own.id).not.toBe(a.id);
  });

  it('a split takes alerts out, and each part is resolved when its own members are', async () => {
    const startsAt = clock.at();
    const parts = ['a', 'b', 'c'].map((instance) => ({ startsAt, labels: { instance } }));
    const whole = await fire('split', ...parts);
    const [first, ...others] = whole.alerts.map(({ id }) => id);
    const split = await post(whole.id, 'split', { alert_ids: [first], reason: 'another cause', title: 'Disk only' });
    expect(split).toMatchObject({
      status: 201,
      body: { title: 'Disk only', alert_count: 1, firing_count: 1, takes_alerts: false, alerts: [{ id: first }] },
    });
    expect(await show(whole.id)).toMatchObject({ alert_count: 2, firing_count: 2, takes_alerts: true });
    expect((await post(whole.id, 'split', { alert_ids: others, reason: 'all' })).status).toBe(409);

    const instance = whole.alerts[0]!.labels['instance']!;
    await fire('split', { startsAt, labels: { instance }, status: 'resolved', endsAt: clock.at() });
    expect(await show(split.body.id)).toMatchObject({ status: 'resolved', firing_count: 0 });
    expect(await show(whole.id)).toMatchObject({ status: 'open', firing_count: 2 });
  });

  it('splitting off all that fires resolves the rest', async () => {
    const startsAt = clock.at();
    await fire('rest', { startsAt }, { startsAt, labels: { instance: 'b' } });
    const whole = await fire('rest', { startsAt, status: 'resolved', endsAt: clock.at() });
    const firing = whole.alerts.filter(({ status }) => status === 'firing').map(({ id }) => id);
    await post(whole.id, 'split', { alert_ids: firing, reason: 'x' });
    expect(await show(whole.id)).toMatchObject({ status: 'resolved', alert_count: 1, firing_count: 0 });
    expect((await fire('rest', { labels: { instance: 'c' } })).id).not.toBe(whole.id);
  });

  it('every deed is in the audit log, and viewers can do none', async () => {
    const { id } = await fire('audited');
    await post(id, 'acknowledge');
    await post(id, 'notes', { text: 'x' });
    await post(id, 'close_to_new_alerts');
    const { items } = await stand.get<AuditEntryPage>('/audit?service=gateway&limit=50');
    const mine = items.filter(({ resource_id }) => resource_id === id);
    expect(mine.map(({ action }) => action).sort()).toEqual([
      'incident.acknowledged',
      'incident.closed_to_new_alerts',
      'incident.note_added',
    ]);
    const { body } = await stand.tell<{ token: string }>('POST', '/tokens', { name: 'v', role: 'viewer' });
    for (const deed of ['acknowledge', 'snooze', 'merge', 'split', 'close_to_new_alerts', 'notes']) {
      expect(
        (await stand.tell('POST', `/incidents/${id}/${deed}`, {}, { authorization: `Bearer ${body.token}` })).status,
      ).toBe(403);
    }
  });

  it('lists are narrowed by what is shown', async () => {
    const { id, cluster_id } = await fire('filter 100%_!', { labels: { severity: 'critical' } });
    await fire('filter 100 percent', { labels: { severity: 'info' } });
    expect(await list(`q=${encodeURIComponent('FILTER 100%_!')}`)).toHaveLength(1);
    expect(await list('q=filter%20100')).toHaveLength(2);
    expect(await list('q=filter&priority=P1')).toHaveLength(1);
    expect(await list('q=filter&acknowledged=true')).toHaveLength(0);
    await post(id, 'acknowledge');
    expect(await list('q=filter&acknowledged=true')).toHaveLength(1);
    expect(await list('q=filter&acknowledged=false')).toHaveLength(1);
    expect(await list('q=filter&flapping=true')).toHaveLength(0);
    expect(await list('q=filter&storm=false&flapping=false&status=open')).toHaveLength(2);
    expect(await list(`q=filter&cluster=${cluster_id}`)).toHaveLength(2);
    expect(await list('q=filter&cluster=nowhere')).toHaveLength(0);
    expect(await list('q=filter&team=oncall')).toHaveLength(0);
    expect((await stand.ask('GET', '/incidents?priority=P9')).status).toBe(400);
  });

  it('an alert that flaps is one line, and its incident is resolved once it has been quiet', async () => {
    const labels = { service: 'flapping' };
    const base = clock.now().getTime();
    const time = (second: number): string => new Date(base + second * 1000).toISOString();
    for (let turn = 0; turn < 5; turn++) {
      const startsAt = time(turn * 20);
      await stand.deliver(message(alert({ labels, startsAt })));
      await stand.settled();
      await stand.deliver(message(alert({ labels, startsAt, status: 'resolved', endsAt: time(turn * 20 + 10) })));
      await stand.settled();
    }
    const mine = async (query: string) =>
      (await stand.alerts(query)).filter(({ labels: { service } }) => service === 'flapping');
    expect(await mine('')).toHaveLength(5);
    expect(await mine('&collapse=flapping')).toMatchObject([{ flapping: true, flap_count: 5, starts_at: time(80) }]);
    const [incident] = await stand.get<IncidentPage>('/incidents?flapping=true&q=flapping').then(({ items }) => items);
    expect(incident).toMatchObject({ status: 'open', firing_count: 0, settle_at: expect.any(String) as string });

    clock.advance(5 * 60_000 + 2_000);
    await stand.service.get(SettleSweeper).sweep();
    const resolved = await show(incident!.id);
    expect(resolved).toMatchObject({ status: 'resolved', resolved_at: incident!.settle_at, settle_at: null });
    expect(moments(resolved).filter((moment) => moment === 'resolved')).toHaveLength(1);
  });
});
