import { canaryHeard, type CanaryHeard } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message } from './webhooks';

describe.each(DATABASES)('the canary of a cluster, on %s', (kind) => {
  const clock = new MovingClock();
  let stand: AlertStand;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const canary = (changes: Parameters<typeof alert>[0] = {}) =>
    alert({
      ...changes,
      labels: { alertname: 'AlertAgentCanary', source: 'alertagent', prometheus_url: 'http://p0:9090' },
    });
  const heard = async (): Promise<Pick<CanaryHeard, 'place' | 'instance'>[]> =>
    (await stand.clusters.events(canaryHeard)).map(({ place, instance }) => ({ place, instance }));
  const count = async (table: string): Promise<number> => {
    const [row] = (await stand.database.query(`SELECT COUNT(*) AS found FROM ${table}`)) as { found: unknown }[];
    return Number(row?.found);
  };

  it('is no alert for anybody, and has its account in the ledger', async () => {
    const inbox = await count('alert_inbox');
    for (let times = 0; times < 3; times += 1) await stand.deliver(message(canary()));
    await stand.deliver(message(canary({ status: 'resolved', endsAt: clock.at() })));
    const ledger = await stand.settled();
    expect(ledger).toMatchObject({ accepted: 4, balanced: true, dispositions: { heartbeat: 4, opened: 0 } });
    expect(await stand.alerts()).toEqual([]);
    expect(await stand.incidents()).toEqual([]);
    // They come each minute for ever: only their counts are kept.
    expect(await count('alert_inbox')).toBe(inbox);
    expect(await count('alert_processing_records')).toBe(0);
  });

  it('is told to the clusters service, at most twice a minute', async () => {
    await pollUntil(async () => (await heard()).length > 0, { what: 'the canary was told' });
    expect(await heard()).toEqual([{ place: 'gateway', instance: 'http://p0:9090' }]);
    clock.advance(31_000);
    await stand.deliver(message(canary()));
    await pollUntil(async () => (await heard()).length === 2, { what: 'it was told again' });
  });

  it('leaves the alerts alone that come in the same message', async () => {
    const before = await stand.settled();
    await stand.deliver(message(canary(), alert({ labels: { alertname: 'Real' } })));
    const after = await stand.settled();
    expect(after.balanced).toBe(true);
    expect(after.dispositions.heartbeat).toBe(before.dispositions.heartbeat + 1);
    expect((await stand.alerts()).map(({ name }) => name)).toEqual(['Real']);
    expect(await count('alert_processing_records')).toBe(2);
  });

  it('is seen in what fires at Alertmanager, and is no lost alert there', async () => {
    clock.advance(3_600_000);
    const { labels, startsAt } = canary({ startsAt: clock.at(-3_000_000) });
    for (let set = 0; set < 4; set += 1) {
      clock.advance(200_000);
      const fires = [{ labels, annotations: {}, startsAt, status: { state: 'active' } }];
      const { body } = await stand.send('/api/v1/alerts/firing-set', { taken_at: clock.at(), alerts: fires });
      expect(body).toMatchObject({ firing: 0, lost: 0 });
    }
    expect((await stand.alerts()).map(({ name }) => name)).toEqual(['Real']);
    await pollUntil(async () => (await heard()).some(({ place }) => place === 'alertmanager'), {
      what: 'Alertmanager has it',
    });
  });

  it('of somebody else is an alert like any other', async () => {
    await stand.deliver(message(alert({ labels: { alertname: 'AlertAgentCanary' } })));
    await stand.settled();
    expect((await stand.alerts()).map(({ name }) => name).sort()).toEqual(['AlertAgentCanary', 'Real']);
  });
});
