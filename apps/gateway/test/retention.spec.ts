import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AlertAgentConfig, Clock } from '@alertagent/service-kit';
import { Retention } from '../src/retention/retention';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

const DAY = 24 * 3_600_000;

/** A clock that the test moves on. */
class MovableClock extends Clock {
  private ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.ahead);
  }

  advance(ms: number): void {
    this.ahead += ms;
  }
}

describe.each(DATABASES)('retention on %s', (kind) => {
  let stand: AlertStand;
  const clock = new MovableClock();
  beforeAll(async () => {
    stand = await AlertStand.start(kind, { gateway: { retention: { keep: 30 * DAY } } }, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const ended = (service: string) =>
    alert({ status: 'resolved', labels: { service }, endsAt: new Date(Date.now()).toISOString() });

  async function archived(): Promise<{ table: string; row: Record<string, unknown> }[]> {
    const directory = join(stand.service.get(AlertAgentConfig).data_dir, 'archive');
    const files = await readdir(directory);
    const texts = await Promise.all(
      files.map(async (file) => gunzipSync(await readFile(join(directory, file))).toString()),
    );
    return texts
      .flatMap((text) => text.trim().split('\n'))
      .map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> });
  }

  it('archives and deletes what is over, keeps what fires, and the ledger still adds up', async () => {
    for (const service of ['over', 'lasting']) await stand.deliver(message(alert({ labels: { service } })));
    await stand.deliver(message(ended('over')));
    await stand.deliver(message(alert({ labels: { service: 'lasting' } }), { status: 'firing', labels: 5 }));
    const before = await stand.settled();
    expect(before.accepted).toBe(5);

    clock.advance(31 * DAY);
    const removed = await stand.service.get(Retention).run();
    expect(removed).toEqual({ webhooks: 4, alerts: 1, incidents: 1 });

    const after = await stand.settled();
    expect(after.dispositions).toEqual(before.dispositions);
    expect(after).toMatchObject({ accepted: 5, pending: 0, balanced: true });
    const left = await stand.alerts();
    expect(left.map(({ labels, status }) => [labels['service'], status])).toEqual([['lasting', 'firing']]);
    expect(await stand.incidents()).toHaveLength(1);

    const rows = await archived();
    const counts = new Map<string, number>();
    for (const { table } of rows) counts.set(table, (counts.get(table) ?? 0) + 1);
    expect(Object.fromEntries(counts)).toMatchObject({
      alert_inbox: 4,
      alert_processing_records: 5,
      alerts: 1,
      incidents: 1,
    });
    expect(rows.find(({ table }) => table === 'alerts')?.row['labels']).toContain('over');
  });

  it('finds nothing to do at once afterwards', async () => {
    expect(await stand.service.get(Retention).run()).toEqual({ webhooks: 0, alerts: 0, incidents: 0 });
  });
});
