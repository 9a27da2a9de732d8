import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AlertStand } from './alert-stand';

const corpora = process.env['ALERTAGENT_CORPORA'] ?? resolve(__dirname, '../../../../shared/corpora');
const linesOf = (file: string): string[] => readFileSync(join(corpora, 'webhooks', file), 'utf8').split('\n').filter(Boolean);
const describeIfThere = existsSync(corpora) ? describe : describe.skip;

describeIfThere('webhooks that others recorded', () => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB');
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  it('by real Alertmanagers are accepted whole, and twice over change nothing', async () => {
    const bodies = linesOf('recorded_alertmanager.jsonl').map((line) => (JSON.parse(line) as { body: string }).body);
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
    expect(accepted).toBeGreaterThan(bodies.length / 2);
    const first = await stand.settled();
    const incidents = (await stand.incidents()).map(({ id, status, alert_count, firing_count }) => ({ id, status, alert_count, firing_count }));
    await send();
    const second = await stand.settled();
    const { opened, merged, resolved, quarantined } = first.dispositions;
    expect(second.dispositions).toMatchObject({ opened, merged, resolved, quarantined });
    expect(second.accepted).toBe(2 * accepted);
    expect((await stand.incidents()).map(({ id, status, alert_count, firing_count }) => ({ id, status, alert_count, firing_count }))).toEqual(incidents);
  }, 60_000);

  it('from other projects are taken as messages, or refused with the reason', async () => {
    const rows = linesOf('index.jsonl').map((line) => JSON.parse(line) as { file: string; kind: string; version: string | number | null; n_alerts: number });
    for (const { file, kind, version, n_alerts } of rows) {
      const answer = await stand.deliver(readFileSync(join(corpora, 'webhooks', file)));
      const isMessage = kind === 'webhook' && (version === null || version === '4');
      expect({ file, status: answer.status }).toEqual({ file, status: isMessage ? 202 : 400 });
      if (isMessage) expect((answer.body['accepted'] as number) + (answer.body['quarantined'] as unknown[]).length).toBe(n_alerts);
    }
    await stand.settled();
  });
});
