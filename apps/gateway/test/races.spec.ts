import type { TestService } from '@alertagent/service-kit/testing';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

describe.each(DATABASES)('alerts that race and overtake each other on %s', (kind) => {
  let stand: AlertStand;
  let replica: TestService | null = null;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, { gateway: { convergence: { max_alerts: 1_000 } } });
    // SQLite belongs to one gateway; on a server there may be many.
    if (kind === 'MariaDB') replica = await stand.startReplica({ gateway: { convergence: { max_alerts: 1_000 } } });
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  const urls = (): string[] => [stand.service.httpUrl!, ...(replica ? [replica.httpUrl!] : [])];
  const incidentsOf = async (name: string) =>
    (await stand.incidents()).filter(({ group_labels }) => group_labels['service'] === name);

  it('makes one alert of fifty identical webhooks at once, and counts each of them', async () => {
    const before = await stand.settled();
    const body = message(alert({ labels: { service: 'same' } }));
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => stand.deliver(body, { url: urls()[index % urls().length] })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));

    const after = await stand.settled();
    const grown = (name: 'opened' | 'duplicate' | 'merged'): number =>
      after.dispositions[name] - before.dispositions[name];
    expect(after.accepted - before.accepted).toBe(50);
    expect([grown('opened'), grown('merged'), grown('duplicate')]).toEqual([1, 0, 49]);
    const [incident, ...others] = await incidentsOf('same');
    expect(others).toEqual([]);
    expect(incident).toMatchObject({ alert_count: 1, firing_count: 1 });
    expect((await stand.alert(incident!.alerts[0]!.id)).event_count).toBe(50);
  });

  it('opens one incident for different alerts of a group that arrive at once', async () => {
    const deliveries = Array.from({ length: 60 }, (_, index) =>
      stand.deliver(message(alert({ labels: { service: 'group', instance: `i${index}` } })), {
        url: urls()[index % urls().length],
      }),
    );
    expect(new Set((await Promise.all(deliveries)).map(({ status }) => status))).toEqual(new Set([202]));
    await stand.settled();
    expect(await incidentsOf('group')).toMatchObject([{ alert_count: 60, firing_count: 60, status: 'open' }]);
  });

  const events = {
    firing: { status: 'firing' },
    repeat: { status: 'firing' },
    resolved: { status: 'resolved' },
  } as const;
  const permutations = (names: (keyof typeof events)[]): (keyof typeof events)[][] =>
    names.length < 2
      ? [names]
      : names.flatMap((name, index) => permutations(names.toSpliced(index, 1)).map((rest) => [name, ...rest]));

  it.each(permutations(['firing', 'repeat', 'resolved']))(
    'ends resolved when the events arrive as %s, %s, %s',
    async (...order) => {
      const name = order.join('-');
      for (const event of order) {
        await stand.deliver(message(alert({ labels: { service: name }, ...events[event] })));
        await stand.settled();
      }
      const shown = (await stand.alerts('&name=HighCPU')).filter(({ labels }) => labels['service'] === name);
      expect(shown).toMatchObject([{ status: 'resolved' }]);
      const incidents = await incidentsOf(name);
      expect(incidents.map(({ status }) => status)).toEqual(order[0] === 'resolved' ? [] : ['resolved']);
    },
  );

  it('takes an older firing after the end of a newer one for history', async () => {
    const labels = { service: 'older' };
    await stand.deliver(message(alert({ labels, startsAt: '2026-11-22T12:00:00Z' })));
    await stand.deliver(message(alert({ labels, startsAt: '2026-11-22T12:00:00Z', status: 'resolved' })));
    await stand.settled();
    const before = await stand.settled();
    await stand.deliver(message(alert({ labels, startsAt: '2026-11-22T09:00:00Z' })));
    const after = await stand.settled();
    expect(after.dispositions.stale - before.dispositions.stale).toBe(1);
    expect((await incidentsOf('older')).map(({ status }) => status)).toEqual(['resolved']);
  });

  it('resolves an incident if and only if all of its alerts are, whatever order they come in', async () => {
    // Park-Miller, so that a failure can be repeated.
    let seed = 42;
    const next = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below;
    for (let round = 0; round < 40; round++) {
      const batch = Array.from({ length: 1 + next(6) }, () =>
        alert({
          labels: { service: `random ${next(4)}`, instance: `i${next(5)}` },
          startsAt: `2026-11-22T1${next(3)}:00:00Z`,
          status: next(2) === 0 ? 'firing' : 'resolved',
        }),
      );
      await stand.deliver(message(...batch), { url: urls()[next(urls().length)] });
      if (next(3) === 0) await stand.settled();
    }
    await stand.settled();
    const random = (await stand.incidents()).filter(({ group_labels }) =>
      group_labels['service']?.startsWith('random'),
    );
    expect(random.length).toBeGreaterThan(3);
    for (const { status, alerts, firing_count, alert_count } of random) {
      const firing = alerts.filter((member) => member.status === 'firing').length;
      expect({ firing_count, alert_count }).toEqual({ firing_count: firing, alert_count: alerts.length });
      expect(status).toBe(firing === 0 ? 'resolved' : 'open');
    }
  });
});
