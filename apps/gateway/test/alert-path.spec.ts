import { assertNoDrift } from '@alertagent/service-kit';
import { incidentOpened, incidentResolved, incidentUpdated } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, ENDED, message, STARTED } from './webhooks';

describe.each(DATABASES)('the alert path on %s', (kind) => {
  let stand: AlertStand;

  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const service = (name: string): { labels: Record<string, string> } => ({ labels: { service: name } });
  const incidentsOf = async (name: string) =>
    (await stand.incidents()).filter(({ group_labels }) => group_labels['service'] === name);

  it('has tables that are exactly what the entities say', async () => {
    await assertNoDrift(stand.database);
  });

  it('turns a webhook into an alert and an incident that can be read back with every reason', async () => {
    const answer = await stand.deliver(message(alert(service('one'))));
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, quarantined: [] } });
    await stand.settled();

    const [incident] = await incidentsOf('one');
    expect(incident).toMatchObject({
      title: 'HighCPU (service=one)',
      status: 'open',
      severity: 'warning',
      alert_count: 1,
      firing_count: 1,
      cluster_id: stand.first.id,
    });
    const [shown] = incident!.alerts;
    expect(shown).toMatchObject({
      name: 'HighCPU',
      status: 'firing',
      starts_at: STARTED,
      ends_at: null,
      incident_id: incident!.id,
    });
    const { timeline, event_count } = await stand.alert(shown!.id);
    expect(event_count).toBe(1);
    expect(timeline.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      'dedupe opened',
      'converge opened',
      'prioritise P3',
      'route routed',
      'incident opened',
    ]);
    expect(timeline.every(({ why }) => why.length > 0)).toBe(true);
  });

  it('folds alerts of a group into one incident, resolved when and only when all of them are', async () => {
    const members = ['a', 'b', 'c'].map((instance) => ({ labels: { service: 'group', instance } }));
    await stand.deliver(message(...members.map((member) => alert(member))));
    await stand.settled();
    await stand.deliver(message(...members.slice(0, 2).map((member) => alert({ ...member, status: 'resolved' }))));
    await stand.settled();
    expect(await incidentsOf('group')).toMatchObject([{ status: 'open', alert_count: 3, firing_count: 1 }]);

    await stand.deliver(message(alert({ ...members[2]!, status: 'resolved' })));
    await stand.settled();
    const [incident] = await incidentsOf('group');
    expect(incident).toMatchObject({ status: 'resolved', alert_count: 3, firing_count: 0 });
    expect(incident!.alerts.map(({ status, ends_at }) => [status, ends_at])).toEqual(
      Array(3).fill(['resolved', new Date(ENDED).toISOString()]),
    );
  });

  it('recovers once, at the end, when an alert steps down in severity: the message tells the end of the higher one first', async () => {
    const critical = { labels: { service: 'steps', severity: 'critical' } };
    const warning = { labels: { service: 'steps', severity: 'warning' }, startsAt: '2026-11-22T10:20:00Z' };
    await stand.deliver(message(alert(critical)));
    await stand.settled();
    await stand.deliver(message(alert({ ...critical, status: 'resolved' }), alert(warning)));
    await stand.settled();
    expect(await incidentsOf('steps')).toMatchObject([{ status: 'open', alert_count: 2, firing_count: 1 }]);

    await stand.deliver(message(alert({ ...warning, status: 'resolved', endsAt: '2026-11-22T10:30:00Z' })));
    await stand.settled();
    const [incident] = await incidentsOf('steps');
    expect(incident).toMatchObject({ status: 'resolved', alert_count: 2, firing_count: 0 });
    expect(incident!.timeline.filter(({ kind: moment }) => moment === 'resolved')).toHaveLength(1);
  });

  it('keeps the order of a message that names an alert more than once: it tells a history, each part of it news', async () => {
    const flap = (startsAt: string, endsAt?: string) =>
      alert({ labels: { service: 'history' }, startsAt, ...(endsAt ? { status: 'resolved', endsAt } : {}) });
    const [first, second] = ['2026-11-22T11:00:00Z', '2026-11-22T11:10:00Z'];
    const history = [
      flap(first),
      flap(first, '2026-11-22T11:05:00Z'),
      flap(second),
      flap(second, '2026-11-22T11:15:00Z'),
    ];
    await stand.deliver(message(...history));
    await stand.settled();
    const dispositions: unknown = await stand.database.query(
      'SELECT r.disposition AS disposition FROM alert_processing_records r JOIN alerts a ON a.id = r.alert_id WHERE a.labels LIKE \'%"history"%\' ORDER BY r.alert_index',
    );
    const told = (dispositions as { disposition: string }[]).map(({ disposition }) => disposition);
    expect(told).toEqual(['opened', 'resolved', expect.stringMatching(/opened|merged/), 'resolved']);
  });

  it('ends nothing because a message of its group leaves it out, as after a reload of Alertmanager', async () => {
    const members = ['a', 'b'].map((instance) => ({ labels: { service: 'partial', instance } }));
    await stand.deliver(message(...members.map((member) => alert(member))));
    await stand.deliver(message(alert(members[0])));
    await stand.settled();
    expect(await incidentsOf('partial')).toMatchObject([{ status: 'open', alert_count: 2, firing_count: 2 }]);
  });

  it('opens a new incident when an alert fires again after its incident was resolved', async () => {
    await stand.deliver(message(alert(service('again'))));
    await stand.deliver(message(alert({ ...service('again'), status: 'resolved' })));
    await stand.settled();
    await stand.deliver(message(alert({ ...service('again'), startsAt: '2026-11-22T11:00:00Z' })));
    await stand.settled();
    expect((await incidentsOf('again')).map(({ status }) => status)).toEqual(['open', 'resolved']);
  });

  it('ends the earlier episode when the same alert starts anew and its end was lost', async () => {
    await stand.deliver(message(alert(service('lost end'))));
    await stand.settled();
    await stand.deliver(message(alert({ ...service('lost end'), startsAt: '2026-11-22T11:00:00Z' })));
    await stand.settled();
    await stand.deliver(
      message(alert({ ...service('lost end'), startsAt: '2026-11-22T11:00:00Z', status: 'resolved' })),
    );
    await stand.settled();
    expect(await incidentsOf('lost end')).toMatchObject([{ status: 'resolved', alert_count: 2, firing_count: 0 }]);
  });

  it('keeps clusters apart, whatever the labels say', async () => {
    const body = message(alert(service('tenant')));
    await stand.deliver(body);
    await stand.deliver(body, { cluster: stand.second });
    await stand.settled();
    const found = await incidentsOf('tenant');
    expect(found.map(({ cluster_id }) => cluster_id).sort()).toEqual([stand.first.id, stand.second.id]);
    const ledger = await stand.get<{ accepted: number }>(`/ledger?cluster_id=${stand.second.id}`);
    expect(ledger.accepted).toBe(1);
  });

  it('announces an incident once when it opens, once per change, and once when it is resolved', async () => {
    await stand.deliver(
      message(
        alert({ labels: { service: 'events', instance: 'a' } }),
        alert({ labels: { service: 'events', instance: 'b' } }),
      ),
    );
    await stand.settled();
    await stand.deliver(message(alert({ labels: { service: 'events', instance: 'a' }, status: 'resolved' })));
    await stand.settled();
    await stand.deliver(message(alert({ labels: { service: 'events', instance: 'b' }, status: 'resolved' })));
    await stand.settled();
    const [incident] = await incidentsOf('events');
    const gateway = stand.clusters;
    const mine = <T extends { incident_id: string }>(events: T[]): T[] =>
      events.filter(({ incident_id }) => incident_id === incident!.id);
    await pollUntil(async () => mine(await gateway.events(incidentResolved)).length > 0, { what: 'incident-resolved' });
    expect(mine(await gateway.events(incidentOpened))).toMatchObject([
      { alert_count: 2, status: 'open', alert: { name: 'HighCPU' } },
    ]);
    expect(mine(await gateway.events(incidentUpdated))).toMatchObject([{ firing_count: 1, status: 'open' }]);
    expect(mine(await gateway.events(incidentResolved))).toMatchObject([{ firing_count: 0, status: 'resolved' }]);
  });

  it('takes any label name and value as data', async () => {
    const labels = {
      service: 'hostile',
      constructor: 'x',
      __proto__x: 'y',
      toString: 'z',
      hasOwnProperty: '1',
      'utf-8 ☃': "'; DROP TABLE alerts; --",
    };
    const body = JSON.stringify(message(alert({ labels }))).replace('__proto__x', '__proto__');
    expect((await stand.deliver(body)).body).toEqual({ accepted: 1, quarantined: [] });
    await stand.settled();
    const [shown] = (await incidentsOf('hostile'))[0]!.alerts;
    expect(shown!.labels).toMatchObject({ constructor: 'x', toString: 'z', 'utf-8 ☃': "'; DROP TABLE alerts; --" });
    expect(Object.getOwnPropertyDescriptor(shown!.labels, '__proto__')?.value).toBe('y');
    expect(({} as Record<string, unknown>)['y']).toBeUndefined();
  });
});
