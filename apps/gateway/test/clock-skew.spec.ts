import { Metrics } from '@alertagent/service-kit';
import type { AlertView } from '../src/alerts/alert.dto';
import type { AlertWhyView } from '../src/why/why.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

const HOUR = 3_600_000;
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

describe.each(DATABASES)('an alert with times that cannot be right, on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  async function tell(service: string, shape: Parameters<typeof alert>[0]): Promise<AlertView> {
    const answer = await stand.deliver(message(alert({ ...shape, labels: { service } })));
    expect(answer).toMatchObject({ status: 202, body: { accepted: 1, quarantined: [] } });
    await stand.settled();
    const found = (await stand.alerts()).filter(({ labels }) => labels['service'] === service);
    expect(found).toHaveLength(1);
    return found[0]!;
  }

  it('is taken and flagged wherever it is shown when it begins an hour ahead', async () => {
    const shown = await tell('ahead', { startsAt: at(HOUR) });
    expect(shown).toMatchObject({ status: 'firing', clock_skew: 'start_in_future' });
    expect(shown.incident_id).not.toBeNull();
    expect(await stand.alert(shown.id)).toMatchObject({ clock_skew: 'start_in_future' });
    expect(await stand.get<AlertWhyView>(`/alerts/${shown.id}/why`)).toMatchObject({ clock_skew: 'start_in_future' });
  });

  it('is flagged when its end, told later, is before its start', async () => {
    const startsAt = at(-HOUR);
    expect(await tell('backwards', { startsAt })).toMatchObject({ status: 'firing', clock_skew: null });
    const ended = await tell('backwards', { startsAt, status: 'resolved', endsAt: at(-2 * HOUR) });
    expect(ended).toMatchObject({ status: 'resolved', clock_skew: 'end_before_start' });
  });

  it('is flagged when it is first heard of by such an end', async () => {
    const shown = await tell('unheard', { startsAt: at(-HOUR), status: 'resolved', endsAt: at(-2 * HOUR) });
    expect(shown).toMatchObject({ status: 'resolved', clock_skew: 'end_before_start' });
  });

  it('does not spoil the record of the episode that is known when it is old news', async () => {
    await tell('known', { startsAt: at(-HOUR) });
    await stand.deliver(
      message(
        alert({ labels: { service: 'known' }, startsAt: at(-5 * HOUR), status: 'resolved', endsAt: at(-9 * HOUR) }),
      ),
    );
    await stand.settled();
    const [known] = (await stand.alerts()).filter(({ labels }) => labels['service'] === 'known');
    expect(known).toMatchObject({ status: 'firing', clock_skew: null });
  });

  it('leaves one alone whose clock is a little ahead', async () => {
    expect(await tell('nearly', { startsAt: at(60_000) })).toMatchObject({ clock_skew: null });
  });

  it('counts by cluster and kind', async () => {
    const { body } = await stand.service.get(Metrics).render();
    const countOf = (skew: string): string | undefined =>
      new RegExp(`alert_clock_skew_total\\{cluster="${stand.first.id}",kind="${skew}"\\} (\\d+)`).exec(body)?.[1];
    expect(countOf('start_in_future')).toBe('1');
    expect(countOf('end_before_start')).toBe('3');
  });
});
