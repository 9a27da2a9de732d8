import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  makeTempDir,
  pollUntil,
  removeDir,
  startAlertmanager,
  startPrometheus,
  type AlertmanagerServer,
  type PrometheusServer,
} from '@alertagent/local-stack';
import type { AlertView } from '../src/alerts/alert.dto';
import { AlertStand } from './alert-stand';

const rules = (expr: string): string =>
  JSON.stringify({
    groups: [
      {
        name: 'direct',
        interval: '1s',
        rules: [
          { alert: 'Direct', expr, labels: { severity: 'warning' }, annotations: { summary: 'seen {{ $value }}' } },
        ],
      },
    ],
  });

describe('real senders', () => {
  let stand: AlertStand;
  let directory: string;
  const servers: (AlertmanagerServer | PrometheusServer)[] = [];
  beforeAll(async () => {
    stand = await AlertStand.start('SQLite');
    directory = await makeTempDir('senders');
  }, 120_000);
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await stand?.stop();
    await removeDir(directory);
  }, 60_000);

  const become = (name: string, status: string): Promise<AlertView> =>
    pollUntil(
      async () => (await stand.alerts()).find((alert) => alert.name === name && alert.status === status) ?? null,
      {
        what: `${name} ${status}`,
        timeoutMs: 60_000,
      },
    );

  it('Prometheus delivers to AlertAgent as to an Alertmanager, from the firing to its end', async () => {
    const file = join(directory, 'direct.rules.yml');
    await writeFile(file, rules('vector(1) > 0'));
    const { host } = new URL(stand.service.httpUrl!);
    const prometheus = await startPrometheus({ rulesGlob: file, alertmanagers: [host], resendDelay: '1s' });
    servers.push(prometheus);
    const config = JSON.parse(await readFile(prometheus.configFile, 'utf8')) as {
      alerting: { alertmanagers: Record<string, unknown>[] };
    };
    config.alerting.alertmanagers[0]!['authorization'] = { credentials: stand.first.token };
    await writeFile(prometheus.configFile, JSON.stringify(config));
    expect((await fetch(prometheus.reloadUrl, { method: 'POST' })).status).toBe(200);

    expect(await become('Direct', 'firing')).toMatchObject({
      cluster_id: stand.first.id,
      severity: 'warning',
      annotations: { summary: 'seen 1' },
      ends_at: null,
    });
    await writeFile(file, rules('vector(1) > 2'));
    await fetch(prometheus.reloadUrl, { method: 'POST' });
    await become('Direct', 'resolved');
    expect((await stand.alerts()).filter(({ name }) => name === 'Direct')).toHaveLength(1);
  }, 120_000);

  it('Alertmanager delivers what it is given, from the firing to its end', async () => {
    const configFile = join(directory, 'alertmanager.yml');
    const webhook = {
      url: `${stand.service.httpUrl}/api/v1/alerts/webhook/critical`,
      http_config: { authorization: { credentials: stand.second.token } },
    };
    await writeFile(
      configFile,
      JSON.stringify({
        route: { receiver: 'alertagent', group_wait: '0s', group_interval: '1s', group_by: ['alertname'] },
        receivers: [{ name: 'alertagent', webhook_configs: [webhook] }],
      }),
    );
    const alertmanager = await startAlertmanager({ configFile });
    servers.push(alertmanager);
    const give = (endsAt?: string): Promise<Response> =>
      fetch(`${alertmanager.url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify([
          { labels: { alertname: 'Through', team: '值班' }, startsAt: '2026-11-22T10:00:00Z', endsAt },
        ]),
      });
    await give();
    const firing = await become('Through', 'firing');
    expect(firing).toMatchObject({ cluster_id: stand.second.id, severity: 'critical', labels: { team: '值班' } });
    await give(new Date().toISOString());
    expect((await become('Through', 'resolved')).id).toBe(firing.id);
  }, 120_000);
});
