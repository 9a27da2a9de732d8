import type { QuarantinePage } from '../src/ledger/quarantine.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message, STARTED } from './webhooks';

const FUTURE = '2999-01-01T00:00:00Z';
const posted = (service: string, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  labels: { alertname: 'Posted', service },
  annotations: {},
  startsAt: STARTED,
  endsAt: FUTURE,
  generatorURL: 'http://prometheus.example/graph',
  ...over,
});

describe.each(DATABASES)('alerts in other forms on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const alertsOf = async (service: string) =>
    (await stand.alerts()).filter(({ labels }) => labels['service'] === service);

  it('come from Prometheus as if AlertAgent were its Alertmanager, and are answered as by one', async () => {
    expect(await stand.send('/api/v2/alerts', [posted('prom')])).toMatchObject({
      status: 200,
      body: { accepted: 1, quarantined: [] },
    });
    await stand.settled();
    expect(await alertsOf('prom')).toMatchObject([{ status: 'firing', starts_at: STARTED, ends_at: null }]);

    await stand.send('/api/v2/alerts', [posted('prom', { endsAt: '2026-11-22T10:05:00Z' })]);
    await stand.settled();
    expect(await alertsOf('prom')).toMatchObject([{ status: 'resolved', ends_at: '2026-11-22T10:05:00.000Z' }]);
  });

  it('are the same episode whether Prometheus or its Alertmanager delivers them', async () => {
    await stand.send('/api/v2/alerts', [posted('both')]);
    const { labels } = posted('both') as { labels: Record<string, string> };
    await stand.deliver(message({ ...alert(), labels }));
    await stand.settled();
    expect(await alertsOf('both')).toHaveLength(1);
  });

  it('come from Grafana to the address of Alertmanager', async () => {
    const body = {
      orgId: 1,
      version: '1',
      state: 'alerting',
      alerts: [
        {
          ...alert({ labels: { service: 'grafana' } }),
          values: { B: 44.5 },
          silenceURL: 'https://grafana.example/silence',
        },
      ],
    };
    expect((await stand.deliver(body)).status).toBe(202);
    await stand.settled();
    const [shown] = await alertsOf('grafana');
    expect(shown!.annotations).toMatchObject({ values: 'B=44.5', silence_url: 'https://grafana.example/silence' });
  });

  it.each(['critical', 'warning'])('get the severity of the address /%s when they have none', async (severity) => {
    const bare = alert({ labels: { service: `at-${severity}` } }) as { labels: Record<string, string> };
    const { severity: _own, ...labels } = bare.labels;
    const own = alert({ labels: { service: `at-${severity}`, severity: 'info' } });
    await stand.send(`/api/v1/alerts/webhook/${severity}`, message({ ...bare, labels }, own));
    await stand.settled();
    expect((await alertsOf(`at-${severity}`)).map((shown) => shown.severity).sort()).toEqual([severity, 'info'].sort());
  });

  it('are refused as a whole where the form is another one', async () => {
    expect((await stand.send('/api/v2/alerts', message(alert()))).status).toBe(400);
    expect((await stand.send('/api/v1/alerts/webhook', [posted('x')])).status).toBe(400);
    expect((await stand.send('/api/v1/alerts/sources/nobody', {})).status).toBe(404);
  });

  it('are set aside one by one, and replayed in the form they came in', async () => {
    const bad = '{"labels":{"alertname":"Posted","service":"again"},"startsAt":"soon"}';
    const answer = await stand.send('/api/v2/alerts', `[${JSON.stringify(posted('again'))}, ${bad}]`);
    expect(answer.body).toEqual({ accepted: 1, quarantined: [{ index: 1, code: 'bad_time' }] });
    await stand.settled();
    const { items } = await stand.get<QuarantinePage>('/quarantine?code=bad_time');
    const [item] = items;
    expect(item).toMatchObject({ pointer: '/1/startsAt', alert_index: 1 });
    expect((await stand.get<{ raw: string }>(`/quarantine/${item!.id}`)).raw).toBe(bad);

    // What stood in its way is gone: as when a newer version reads more than the one before.
    await stand.database.query('UPDATE alert_quarantine SET raw = ? WHERE id = ?', [
      JSON.stringify(posted('replayed')),
      item!.id,
    ]);
    expect((await stand.ask('POST', `/quarantine/${item!.id}/replay`)).status).toBe(202);
    await stand.settled();
    expect(await alertsOf('replayed')).toMatchObject([{ status: 'firing' }]);
  });
});
