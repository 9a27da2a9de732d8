import { Metrics } from '@alertagent/service-kit';
import { Auditor } from '../src/auditor/auditor';
import type { FindingPage } from '../src/auditor/findings.dto';
import type { Reconciliation } from '../src/reconciliation/reconciler';
import { AlertStand, DATABASES, type Answer } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message } from './webhooks';

const MINUTE = 60_000;

describe.each(DATABASES)('reconciliation with what fires at the source, on %s', (kind) => {
  let stand: AlertStand;
  const clock = new MovingClock();
  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const labels = (service: string): Record<string, string> => ({ alertname: 'HighCPU', service });
  const inSet = (service: string, state = 'active') => ({
    labels: labels(service),
    annotations: { summary: 'busy' },
    startsAt: new Date(clock.now().getTime() - 60 * MINUTE).toISOString(),
    endsAt: new Date(clock.now().getTime() + MINUTE).toISOString(),
    fingerprint: '969d935554686f34',
    status: { state, silencedBy: [], inhibitedBy: [] },
  });

  async function send(alerts: unknown, token: string | null = stand.first.token): Promise<Answer<Reconciliation>> {
    const response = await fetch(`${stand.service.httpUrl}/api/v1/alerts/firing-set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ taken_at: clock.now().toISOString(), alerts }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as Reconciliation };
  }

  /** Sends the same set through a whole settling time, as a sidecar does. */
  async function watch(alerts: unknown[]): Promise<Reconciliation> {
    let last: Reconciliation | undefined;
    for (let minute = 0; minute <= 6; minute += 1) {
      last = (await send(alerts)).body;
      await stand.settled();
      clock.advance(MINUTE);
    }
    return last!;
  }

  /** A figure of the first cluster, as Prometheus would scrape it. */
  async function measured(name: string, outcome?: string): Promise<number> {
    const { body } = await stand.service.get(Metrics).render();
    const labelled = `cluster="${stand.first.id}"${outcome === undefined ? '' : `,outcome="${outcome}"`}`;
    return Number(new RegExp(`${name}\\{${labelled}\\} (\\d+)`).exec(body)?.[1]);
  }

  const shown = async (service: string) =>
    (await stand.alerts()).find((candidate) => candidate.labels['service'] === service);

  it('opens an alert whose notification never came, and says so', async () => {
    expect((await send([inSet('lost')])).body).toMatchObject({ firing: 1, lost: 1, orphans: 0 });
    await stand.settled();
    const found = await shown('lost');
    expect(found).toMatchObject({ status: 'firing' });
    expect(found!.incident_id).not.toBeNull();
    const { timeline } = await stand.alert(found!.id);
    expect(timeline[0]!.why).toMatch(/its notification never arrived: reconciled/);
  });

  it('closes an alert whose end never came once it has been missed long enough, and resolves its incident', async () => {
    await stand.deliver(message(alert({ labels: labels('orphan') })));
    await stand.settled();
    expect((await send([inSet('lost')])).body).toMatchObject({ orphans: 0 });
    await watch([inSet('lost')]);
    const found = await shown('orphan');
    expect(found).toMatchObject({ status: 'resolved' });
    const { timeline } = await stand.alert(found!.id);
    expect(timeline.some(({ why }) => /its end never arrived: reconciled/.test(why))).toBe(true);
    const incident = (await stand.incidents()).find(({ id }) => id === found!.incident_id);
    expect(incident).toMatchObject({ status: 'resolved', firing_count: 0 });
    expect(await shown('lost')).toMatchObject({ status: 'firing' });
    expect((await stand.settled()).balanced).toBe(true);
  });

  it('ends nothing that another sender than Alertmanager told of: no Alertmanager knows it', async () => {
    const [told] = (message(alert({ labels: labels('of-prometheus') }))['alerts'] as object[]) ?? [];
    const body = [{ ...told, status: undefined, endsAt: clock.at(120 * MINUTE) }];
    expect((await stand.send('/api/v2/alerts', body)).status).toBeLessThan(300);
    await stand.settled();
    await watch([inSet('lost')]);
    expect(await shown('of-prometheus')).toMatchObject({ status: 'firing' });
  });

  it('raises what fires at its source and is recorded as ended, until no set tells it any more', async () => {
    const startsAt = clock.at(-60 * MINUTE);
    const firing = {
      ...inSet('ended'),
      labels: { ...labels('ended'), severity: 'warning', instance: 'a:9100' },
      startsAt,
    };
    const end = { labels: labels('ended'), startsAt, status: 'resolved' as const, endsAt: clock.at() };
    await stand.deliver(message(alert({ ...end, status: 'firing', endsAt: undefined })));
    await stand.deliver(message(alert(end)));
    await stand.settled();
    const look = async (): Promise<FindingPage['items']> => {
      await stand.service.get(Auditor).look();
      const { items } = await stand.get<FindingPage>('/ledger/findings?state=open');
      return items.filter(({ kind: found }) => found === 'ended_while_firing');
    };
    expect((await send([inSet('lost'), firing])).body).toMatchObject({ lost: 0, ended: 0 });
    expect(await look()).toEqual([]);

    clock.advance(6 * MINUTE);
    expect((await send([inSet('lost'), firing])).body).toMatchObject({ lost: 0, ended: 1 });
    const { id } = (await shown('ended'))!;
    const [finding] = await look();
    expect(finding).toMatchObject({ subject: stand.first.id });
    expect(finding!.detail).toContain(id);
    expect(await measured('reconciliation_ended_alerts')).toBe(1);

    clock.advance(6 * MINUTE);
    expect((await send([inSet('lost')])).body).toMatchObject({ ended: 0 });
    expect(await look()).toEqual([]);
    expect(await measured('reconciliation_ended_alerts')).toBe(0);
  });

  it('does not take an alert with cut labels for ended: it is recorded as firing', async () => {
    const long = { ...labels('long'), severity: 'warning', instance: 'a:9100', path: 'x'.repeat(5000) };
    const startsAt = clock.at(-60 * MINUTE);
    await stand.deliver(message(alert({ labels: long, startsAt })));
    await stand.settled();
    const told = { ...inSet('long'), labels: long, startsAt };
    expect((await send([inSet('lost'), told])).body).toMatchObject({ lost: 0, ended: 0 });
  });

  it('counts what it opened and closed by cluster', async () => {
    expect(await measured('reconciliation_alerts_total', 'opened')).toBe(1);
    expect(await measured('reconciliation_alerts_total', 'closed')).toBe(1);
  });

  it('leaves alone what is silenced at its source', async () => {
    expect((await send([inSet('silenced', 'suppressed'), inSet('lost')])).body).toMatchObject({ lost: 0 });
  });

  it('compares nothing when one alert of the set cannot be read: what is missing would count as ended', async () => {
    const answer = await send([inSet('lost'), { ...inSet('bad'), labels: { alertname: 5 } }]);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ pointer: '/alerts/1' }] });
  });

  it('refuses sets without a token of the cluster', async () => {
    expect((await send([], null)).status).toBe(401);
  });
});
