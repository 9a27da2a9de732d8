import { httpProbe } from '../src/processes/http-probe';
import { pollUntil } from '../src/poll-until';
import { startInfluxdb, type InfluxdbServer } from '../src/servers/start-influxdb';
import { startVictoriametrics, type VictoriametricsServer } from '../src/servers/start-victoriametrics';

describe('databases that take line protocol', () => {
  let influxdb: InfluxdbServer;
  let victoriametrics: VictoriametricsServer;

  beforeAll(async () => {
    influxdb = await startInfluxdb();
    victoriametrics = await startVictoriametrics();
  }, 300_000);
  afterAll(async () => {
    await influxdb?.stop();
    await victoriametrics?.stop();
  });

  it('InfluxDB keeps a point that was written to a new database', async () => {
    await fetch(`${influxdb.url}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE one' }) });
    const written = await fetch(`${influxdb.url}/write?db=one&precision=s`, {
      method: 'POST',
      body: 'm,a=b count=5i 1700000000\n',
    });
    expect(written.status).toBe(204);
    expect(await httpProbe(`${influxdb.url}/query?db=one&q=SELECT+*+FROM+m`)).toContain('"2023-11-14T22:13:20Z","b",5');
  });

  it('VictoriaMetrics shows a point of line protocol as a metric', async () => {
    const now = Math.floor(Date.now() / 1000);
    await fetch(`${victoriametrics.url}/write?precision=s`, { method: 'POST', body: `m,a=b count=5i ${now}\n` });
    const shown = await pollUntil(() => httpProbe(`${victoriametrics.url}/api/v1/export?match[]=m_count`), {
      what: 'the point in VictoriaMetrics',
    });
    expect(JSON.parse(shown)).toMatchObject({ metric: { __name__: 'm_count', a: 'b' }, values: [5] });
  });

  it('listen on loopback only', () => {
    expect(influxdb.log()).toContain(`127.0.0.1:${influxdb.port}`);
    expect(victoriametrics.log()).toContain(`127.0.0.1:${victoriametrics.port}`);
  });
});
