import { pollUntil } from '@alertagent/local-stack';
import { Clock } from '@alertagent/service-kit';
import { AlertStand } from './alert-stand';
import { alert, message } from './webhooks';

/** A clock that the test moves. */
class MovedClock extends Clock {
  ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
}

describe('what a cluster sends and AlertAgent cannot take', () => {
  const clock = new MovedClock();
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start('SQLite', {}, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const about = async (name: string) => (await stand.alerts()).filter((shown) => shown.name === name);
  const become = (name: string, statuses: string[]): Promise<unknown> =>
    pollUntil(
      async () => JSON.stringify((await about(name)).map(({ status }) => status).sort()) === JSON.stringify(statuses),
      { what: `${name} to be ${statuses.join(', ')}`, timeoutMs: 20_000 },
    );

  it('raises one alert in that cluster when it is refused again and again, which ends when all is well', async () => {
    const send = (body: string, type = 'application/json') =>
      stand.post(body, { headers: { 'content-type': type, authorization: `Bearer ${stand.first.token}` } });
    expect((await send('{')).status).toBe(400);
    expect((await send('{}', 'text/plain')).status).toBe(415);
    await stand.settled();
    expect(await about('AlertAgentWebhookRefused')).toEqual([]);
    for (let times = 0; times < 5; times++) expect((await send('{"alerts":5}')).status).toBe(400);
    await become('AlertAgentWebhookRefused', ['firing']);
    expect(await about('AlertAgentWebhookRefused')).toMatchObject([
      { cluster_id: stand.first.id, severity: 'critical' },
    ]);

    // A good one at once is perhaps another receiver: the bad one is still refused for all we know.
    await stand.deliver(message(alert()));
    await stand.settled();
    expect(await about('AlertAgentWebhookRefused')).toMatchObject([{ status: 'firing' }]);
    clock.ahead += 6 * 60_000;
    await stand.deliver(message(alert()));
    await become('AlertAgentWebhookRefused', ['resolved']);

    clock.ahead += 60_000;
    for (let times = 0; times < 3; times++) await send('{');
    await become('AlertAgentWebhookRefused', ['firing', 'resolved']);
    expect((await stand.alerts()).every(({ cluster_id }) => cluster_id === stand.first.id)).toBe(true);
  });

  it('does not blame a cluster for tokens that nobody knows, or of another purpose', async () => {
    for (let times = 0; times < 5; times++) {
      await stand.post('{', { headers: { 'content-type': 'application/json', authorization: 'Bearer nonsense' } });
    }
    expect((await stand.settled()).clusters.map(({ cluster_id }) => cluster_id)).toEqual([stand.first.id]);
  });

  it('raises one alert when alerts are left out of messages, which ends once they are whole again', async () => {
    const cut = { ...message(alert({ labels: { service: 'cut' } })), truncatedAlerts: 7 };
    for (let times = 0; times < 3; times++) await stand.deliver(cut, { cluster: stand.second });
    await become('AlertAgentAlertsTruncated', ['firing']);
    clock.ahead += 6 * 60_000;
    await stand.deliver(message(alert()), { cluster: stand.second });
    await become('AlertAgentAlertsTruncated', ['resolved']);
  });
});
