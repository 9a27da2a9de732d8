import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { AlertAgentConfig } from '@alertagent/service-kit';
import type { TestService } from '@alertagent/service-kit/testing';
import { Retention, type Removed } from '../src/retention/retention';
import type { QuarantinePage } from '../src/ledger/quarantine.dto';
import type { AlertWhyView, IncidentWhyView } from '../src/why/why.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message } from './webhooks';

const DAY = 24 * 3_600_000;

interface ArchivedRow {
  table: string;
  row: Record<string, unknown>;
}

async function archivedIn(dataDir: string): Promise<ArchivedRow[]> {
  const directory = join(dataDir, 'archive');
  const files = await readdir(directory);
  const texts = await Promise.all(
    files.map(async (file) => gunzipSync(await readFile(join(directory, file))).toString()),
  );
  return texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as ArchivedRow);
}

describe.each(DATABASES)('retention on %s', (kind) => {
  let stand: AlertStand;
  const clock = new MovingClock();
  beforeAll(async () => {
    stand = await AlertStand.start(kind, { gateway: { retention: { keep: 30 * DAY, quarantine: 60 * DAY } } }, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 60_000);

  const ended = (labels: Record<string, string>, at = new Date()) =>
    alert({ status: 'resolved', labels, endsAt: at.toISOString() });

  it('archives and deletes what is over, keeps what fires, and the ledger still adds up', async () => {
    for (const service of ['over', 'lasting']) await stand.deliver(message(alert({ labels: { service } })));
    await stand.deliver(message(ended({ service: 'over' })));
    await stand.deliver(message(alert({ labels: { service: 'lasting' } }), { status: 'firing', labels: 5 }));
    const before = await stand.settled();
    expect(before.accepted).toBe(5);

    clock.advance(31 * DAY);
    const removed = await stand.service.get(Retention).run();
    expect(removed).toEqual({ webhooks: 4, alerts: 1, incidents: 1, quarantined: 0 });

    const after = await stand.settled();
    expect(after.dispositions).toEqual(before.dispositions);
    expect(after).toMatchObject({ accepted: 5, pending: 0, balanced: true });
    const left = await stand.alerts();
    expect(left.map(({ labels, status }) => [labels['service'], status])).toEqual([['lasting', 'firing']]);
    expect(await stand.incidents()).toHaveLength(1);

    const rows = await archivedIn(stand.service.get(AlertAgentConfig).data_dir);
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

  it('says of what still fires that its first events are archived, and knows no alert or incident that is', async () => {
    const [lasting] = await stand.alerts();
    const why = await stand.get<AlertWhyView>(`/alerts/${lasting!.id}/why`);
    expect(why).toMatchObject({ status: 'firing', event_count: 0, events: [], events_archived: true });
    expect(why.incident).toMatchObject({ id: lasting!.incident_id, status: 'open' });
    const incident = await stand.get<IncidentWhyView>(`/incidents/${lasting!.incident_id}/why`);
    expect(incident).toMatchObject({ status: 'open', opened_by: null });
    expect(incident.joined.first).toMatchObject([{ alert_id: lasting!.id, why: null }]);

    // Told again: the new event is there, and does not pass for the first one.
    await stand.deliver(message(alert({ labels: { service: 'lasting' } })));
    await stand.settled();
    const told = await stand.get<AlertWhyView>(`/alerts/${lasting!.id}/why`);
    expect(told).toMatchObject({ event_count: 1, events: [{ disposition: 'duplicate' }], events_archived: true });

    const rows = await archivedIn(stand.service.get(AlertAgentConfig).data_dir);
    for (const table of ['alerts', 'incidents']) {
      const { id } = rows.find((row) => row.table === table)!.row;
      const answer = await stand.ask('GET', `/${table}/${String(id)}/why`);
      expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining('archive') } });
    }
  });

  it('archives and deletes what was set aside long ago, and the ledger goes on counting it', async () => {
    const quarantined = async () => (await stand.get<QuarantinePage>('/quarantine')).items;
    expect(await quarantined()).toHaveLength(1);
    const id = (await quarantined())[0]!.id;
    const before = await stand.settled();
    expect(before.dispositions.quarantined).toBe(1);
    clock.advance(28 * DAY);
    expect(await stand.service.get(Retention).run()).toMatchObject({ quarantined: 0 });

    clock.advance(2 * DAY);
    expect(await stand.service.get(Retention).run()).toMatchObject({ quarantined: 1 });
    expect(await quarantined()).toEqual([]);
    const { accepted, dispositions, balanced } = await stand.settled();
    expect({ accepted, dispositions, balanced }).toEqual({
      accepted: before.accepted,
      dispositions: before.dispositions,
      balanced: true,
    });
    const rows = await archivedIn(stand.service.get(AlertAgentConfig).data_dir);
    const kept = rows.filter(({ table }) => table === 'alert_quarantine').map(({ row }) => row);
    expect(kept).toMatchObject([{ id, cluster_id: stand.first.id, raw: expect.stringContaining('"labels":5') }]);
  });

  it('deletes nothing when the archive cannot be written', async () => {
    await stand.deliver(message(alert({ labels: { service: 'kept' } })));
    await stand.settled();
    clock.advance(31 * DAY);
    const directory = join(stand.service.get(AlertAgentConfig).data_dir, 'archive');
    await rename(directory, `${directory}-away`);
    await writeFile(directory, 'a file where the folder should be');
    const count = async (): Promise<number> =>
      Number((await stand.database.query('SELECT COUNT(*) AS n FROM alert_inbox'))[0].n);
    const before = await count();
    try {
      await expect(stand.service.get(Retention).run()).rejects.toThrow();
      expect(await count()).toBe(before);
    } finally {
      await rm(directory);
      await rename(`${directory}-away`, directory);
    }
    expect(await stand.service.get(Retention).run()).toMatchObject({ webhooks: 1 });
  });

  it('finds nothing to do at once afterwards', async () => {
    expect(await stand.service.get(Retention).run()).toEqual({ webhooks: 0, alerts: 0, incidents: 0, quarantined: 0 });
  });
});

describe('retention by two gateways on MariaDB', () => {
  const clock = new MovingClock();
  const config = { gateway: { retention: { keep: 30 * DAY } } };
  let stand: AlertStand;
  let replica: TestService;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB', config, clock);
    replica = await stand.startReplica(config, clock);
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  it('takes and counts each row once when both run at the same time', async () => {
    const names = Array.from({ length: 900 }, (_, index) => `alert-${index}`);
    const pairs = Array.from({ length: names.length / 2 }, (_, index) => names.slice(2 * index, 2 * index + 2));
    const send = (pair: string[]) =>
      stand.deliver(message(...pair.map((alertname) => alert({ labels: { alertname } }))));
    for (let start = 0; start < pairs.length; start += 15) await Promise.all(pairs.slice(start, start + 15).map(send));
    const endsAt = clock.at();
    await stand.deliver(
      message(...names.map((alertname) => alert({ status: 'resolved', labels: { alertname }, endsAt }))),
    );
    const before = await stand.settled();
    clock.advance(31 * DAY);
    const runs = await Promise.all([stand.service.get(Retention).run(), replica.get(Retention).run()]);
    const sum = (kind: keyof Removed): number => runs[0][kind] + runs[1][kind];
    expect({ webhooks: sum('webhooks'), alerts: sum('alerts'), incidents: sum('incidents') }).toEqual({
      webhooks: 451,
      alerts: 900,
      incidents: 900,
    });
    const { accepted, dispositions, balanced } = await stand.settled();
    expect({ accepted, dispositions, balanced }).toEqual({
      accepted: before.accepted,
      dispositions: before.dispositions,
      balanced: true,
    });
    const directories = new Set([stand.service, replica].map((each) => each.get(AlertAgentConfig).data_dir));
    const rows = (await Promise.all([...directories].map(archivedIn))).flat().filter(({ table }) => table === 'alerts');
    expect(rows).toHaveLength(900);
    expect(new Set(rows.map(({ row }) => row['id'])).size).toBe(900);
  }, 120_000);
});
