import { AlertStand } from './alert-stand';
import { corpusFiles, corpusLines } from './corpora';
import { alert, message } from './webhooks';

const OWN_RECORD = JSON.stringify({ body: JSON.stringify(message(alert())) });
const OWN_INDEX = JSON.stringify({ file: 'payloads/own.json', kind: 'webhook', version: '4', n_alerts: 1 });

describe('webhooks that others recorded', () => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB');
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  it('by real Alertmanagers are accepted whole, and twice over change nothing', async () => {
    const bodies = corpusLines('webhooks/recorded_alertmanager.jsonl', [OWN_RECORD]).map(
      (line) => (JSON.parse(line) as { body: string }).body,
    );
    const send = async (): Promise<number> => {
      let alerts = 0;
      for (const body of bodies) {
        const answer = await stand.deliver(body);
        expect(answer).toMatchObject({ status: 202, body: { quarantined: [] } });
        alerts += answer.body['accepted'] as number;
      }
      return alerts;
    };
    const accepted = await send();
    expect(accepted).toBeGreaterThan(0);
    const first = await stand.settled();
    const incidents = (await stand.incidents()).map(({ id, status, alert_count, firing_count }) => ({
      id,
      status,
      alert_count,
      firing_count,
    }));
    await send();
    const second = await stand.settled();
    const { opened, merged, resolved, quarantined } = first.dispositions;
    expect(second.dispositions).toMatchObject({ opened, merged, resolved, quarantined });
    expect(second.accepted).toBe(2 * accepted);
    expect(
      (await stand.incidents()).map(({ id, status, alert_count, firing_count }) => ({
        id,
        status,
        alert_count,
        firing_count,
      })),
    ).toEqual(incidents);
  }, 60_000);

  it('from other projects are taken as messages, or refused with the reason', async () => {
    const contents = new Map(corpusFiles('webhooks/payloads', { 'own.json': JSON.stringify(message(alert())) }));
    const rows = corpusLines('webhooks/index.jsonl', [OWN_INDEX]).map(
      (line) => JSON.parse(line) as { file: string; kind: string; version: string | number | null; n_alerts: number },
    );
    for (const { file, kind, version, n_alerts } of rows) {
      const answer = await stand.deliver(contents.get(file.replace('payloads/', '')));
      const isMessage = kind === 'webhook' && (version === null || version === '4');
      expect({ file, status: answer.status }).toEqual({ file, status: isMessage ? 202 : 400 });
      if (isMessage)
        expect((answer.body['accepted'] as number) + (answer.body['quarantined'] as unknown[]).length).toBe(n_alerts);
    }
    await stand.settled();
  });
});
