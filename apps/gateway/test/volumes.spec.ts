import {
  pollUntil,
  startInfluxdb,
  startVictoriametrics,
  type InfluxdbServer,
  type VictoriametricsServer,
} from '@alertagent/local-stack';
import type { TestService } from '@alertagent/service-kit/testing';
import { VolumeExport } from '../src/volumes/volume-export';
import type { VolumesView } from '../src/volumes/volumes.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';
import { alert, message } from './webhooks';

const MINUTE = 60_000;

/** Counts by disposition and severity. */
type Counts = Record<string, number>;

const tally = (points: readonly { disposition: string; severity: string; alerts: number }[]): Counts => {
  const counts: Counts = {};
  for (const { disposition, severity, alerts } of points) {
    const key = `${disposition} ${severity}`;
    counts[key] = (counts[key] ?? 0) + alerts;
  }
  return counts;
};

describe.each(DATABASES)('volumes of alerts on %s', (kind) => {
  const clock = new MovingClock();
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
    await stand.deliver(message(alert(), alert({ labels: { service: 'b', severity: 'critical' } })));
    await stand.deliver(message(alert()));
    await stand.deliver(message(alert({ labels: { service: 'c' } })), { cluster: stand.second });
    await stand.settled();
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const volumes = async (query = ''): Promise<VolumesView['items']> =>
    (await stand.get<VolumesView>(`/alerts/volumes?to=${encodeURIComponent(clock.at(2 * MINUTE))}${query}`)).items;

  it('add up to what the ledger says', async () => {
    const items = await volumes('&step=1h');
    const { accepted, dispositions } = await stand.ledger();
    expect(items.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(accepted);
    for (const [disposition, count] of Object.entries(dispositions)) {
      const shown = items.filter((item) => item.disposition === disposition);
      expect({ disposition, count: shown.reduce((sum, { alerts }) => sum + alerts, 0) }).toEqual({
        disposition,
        count,
      });
    }
    expect(items.filter(({ severity }) => severity === 'critical').map(({ alerts }) => alerts)).toEqual([1]);
  });

  it('are shown by minute unless told, of one cluster if wanted', async () => {
    const items = await volumes(`&cluster_id=${stand.second.id}`);
    expect(items.map(({ alerts }) => alerts)).toEqual([1]);
    expect(new Date(items[0]!.at).getTime() % MINUTE).toBe(0);
  });

  it('have no points outside the asked time', async () => {
    const from = encodeURIComponent(clock.at(-3 * 24 * 60 * MINUTE));
    const to = encodeURIComponent(clock.at(-2 * 24 * 60 * MINUTE));
    expect((await stand.get<VolumesView>(`/alerts/volumes?from=${from}&to=${to}`)).items).toEqual([]);
  });

  it('are refused with a reason for a time or step that is none', async () => {
    for (const query of ['step=0m', 'step=5s', 'from=yesterday', 'to=2026-13-01T00:00:00Z'])
      expect({ query, status: (await stand.ask('GET', `/alerts/volumes?${query}`)).status }).toEqual({
        query,
        status: 400,
      });
  });

  it('ask for a shorter time when there are too many points', async () => {
    const start = clock.now().getTime() - 300 * 24 * 60 * MINUTE;
    const bucket = start - (start % MINUTE);
    const rows = Array.from({ length: 500 }, (_, index) => `(${bucket + index * MINUTE}, '`).map((head) =>
      Array.from({ length: 21 }, (_, cluster) => `${head}c${cluster}', 'opened', 'none', 1)`).join(),
    );
    for (const list of rows)
      await stand.database.query(
        `INSERT INTO alert_volumes (bucket, cluster_id, disposition, severity, alerts) VALUES ${list}`,
      );
    const range = `from=${new Date(bucket).toISOString()}&to=${new Date(bucket + 500 * MINUTE).toISOString()}`;
    const answer = await stand.ask<{ errors: { code: string }[] }>('GET', `/alerts/volumes?${range}`);
    expect({ status: answer.status, code: answer.body.errors[0]?.code }).toEqual({
      status: 400,
      code: 'too_many_points',
    });
    expect((await stand.get<VolumesView>(`/alerts/volumes?${range}&step=1d`)).items.length).toBeLessThanOrEqual(42);
  });
});

describe('the export of volumes', () => {
  const clock = new MovingClock();
  let stand: AlertStand;
  let influxdb: InfluxdbServer;
  let victoria: VictoriametricsServer;
  const exporters: TestService[] = [];
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB', {}, clock);
    influxdb = await startInfluxdb();
    victoria = await startVictoriametrics({ extraArgs: ['-dedup.minScrapeInterval=1ms', '-search.latencyOffset=0s'] });
  }, 300_000);
  afterAll(async () => {
    for (const exporter of exporters) await exporter.close();
    await victoria?.stop();
    await influxdb?.stop();
    await stand?.stop();
  }, 60_000);

  const exportTo = async (url: string): Promise<VolumeExport> => {
    const exporter = await stand.startReplica({ gateway: { volumes_export: { url } } }, clock);
    exporters.push(exporter);
    return exporter.get(VolumeExport);
  };
  const expected = async (): Promise<Counts> =>
    tally(
      (await stand.get<VolumesView>(`/alerts/volumes?from=${clock.at(-120 * MINUTE)}&to=${clock.at()}&step=1d`)).items,
    );
  const inInfluxdb = async (): Promise<Counts> => {
    const q = 'SELECT SUM("count") FROM alertagent_alerts GROUP BY disposition, severity';
    const answer = await fetch(`${influxdb.url}/query?db=alertagent&q=${encodeURIComponent(q)}`);
    interface Series {
      tags: { disposition: string; severity: string };
      values: [string, number][];
    }
    const { results } = (await answer.json()) as { results: { series?: Series[] }[] };
    return tally((results[0]?.series ?? []).map(({ tags, values }) => ({ ...tags, alerts: values[0]![1] })));
  };
  const inVictoria = async (): Promise<Counts> => {
    await fetch(`${victoria.url}/internal/force_flush`);
    const query = 'sum(sum_over_time(alertagent_alerts_count[2h])) by (disposition, severity)';
    const time = Math.floor(clock.now().getTime() / 1000);
    const answer = await fetch(
      `${victoria.url}/api/v1/query?nocache=1&time=${time}&query=${encodeURIComponent(query)}`,
    );
    interface Sample {
      metric: { disposition: string; severity: string };
      value: [number, string];
    }
    const { data } = (await answer.json()) as { data: { result: Sample[] } };
    return tally(data.result.map(({ metric, value }) => ({ ...metric, alerts: Number(value[1]) })));
  };
  const same = (read: () => Promise<Counts>, counts: Counts): Promise<boolean> =>
    pollUntil(
      async () => JSON.stringify(Object.entries(await read()).sort()) === JSON.stringify(Object.entries(counts).sort()),
      {
        what: `the counts ${JSON.stringify(counts)}`,
      },
    );
  async function arrive(service: string): Promise<void> {
    await stand.deliver(message(alert({ labels: { service } }), alert({ labels: { service, severity: 'critical' } })));
    await stand.deliver(message(alert({ labels: { service } })));
    await stand.settled();
  }

  it('is in a real InfluxDB what it is here, sent again changes nothing, and a gap is closed when the receiver is back', async () => {
    await fetch(`${influxdb.url}/query`, {
      method: 'POST',
      body: new URLSearchParams({ q: 'CREATE DATABASE alertagent' }),
    });
    const volumes = await exportTo(`${influxdb.url}/write?db=alertagent&precision=s`);
    await arrive('influx-1');
    clock.advance(2 * MINUTE);
    await volumes.send();
    expect(Object.keys(await expected())).not.toEqual([]);
    await same(inInfluxdb, await expected());
    await volumes.send();
    await same(inInfluxdb, await expected());

    influxdb.kill('SIGKILL');
    await influxdb.exited;
    await arrive('influx-2');
    clock.advance(20 * MINUTE);
    await expect(volumes.send()).rejects.toThrow();
    await influxdb.restart();
    await volumes.send();
    await same(inInfluxdb, await expected());
  }, 120_000);

  it('is in a real VictoriaMetrics what it is here, also when it is sent again', async () => {
    const volumes = await exportTo(`${victoria.url}/write?precision=s`);
    await arrive('victoria');
    clock.advance(2 * MINUTE);
    await volumes.send();
    await same(inVictoria, await expected());
    await volumes.send();
    await same(inVictoria, await expected());
  }, 120_000);

  it('sends a minute again whose webhooks were processed late', async () => {
    const volumes = await exportTo(`${influxdb.url}/write?db=alertagent&precision=s`);
    await volumes.send();
    const received = clock.now().getTime();
    await stand.database.query(
      "INSERT INTO alert_inbox (id, cluster_id, received_at, alert_count, good_count, state, attempts, due_at, body) VALUES ('late', 'x', ?, 0, 0, 0, 0, ?, '{}')",
      [received, received + 24 * 60 * MINUTE],
    );
    clock.advance(30 * MINUTE);
    await volumes.send();
    const bucket = received - (received % MINUTE);
    await stand.database.query(
      "INSERT INTO alert_volumes (bucket, cluster_id, disposition, severity, alerts) VALUES (?, 'x', 'late', 'none', 7)",
      [bucket],
    );
    await volumes.send();
    await same(async () => ({ late: (await inInfluxdb())['late none'] ?? 0 }), { late: 7 });
  }, 120_000);
});
