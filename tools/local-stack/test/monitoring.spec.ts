import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { httpProbe } from '../src/processes/http-probe';
import { pollUntil } from '../src/poll-until';
import { startAlertmanager, type AlertmanagerServer } from '../src/servers/start-alertmanager';
import { startPrometheus, type PrometheusServer } from '../src/servers/start-prometheus';
import { makeTempDir, removeDir } from '../src/temp-dir';

describe('Prometheus and Alertmanager', () => {
  let rules: string;
  let prometheus: PrometheusServer;
  let alertmanager: AlertmanagerServer;

  beforeAll(async () => {
    rules = await makeTempDir('rules');
    alertmanager = await startAlertmanager();
    const alertmanagers = [`127.0.0.1:${alertmanager.port}`];
    prometheus = await startPrometheus({
      rulesGlob: join(rules, '*.yml'),
      alertmanagers,
      scrape: alertmanagers,
      externalLabels: { cluster: 'test' },
    });
  });
  afterAll(async () => {
    await Promise.all([prometheus.stop(), alertmanager.stop()]);
    await removeDir(rules);
  });

  it('carry an alert from a rule file to the Alertmanager once Prometheus was told to reload', async () => {
    const file = { groups: [{ name: 'g', rules: [{ alert: 'Up', expr: 'up == 1' }] }] };
    await writeFile(join(rules, 'up.yml'), JSON.stringify(file));
    expect((await fetch(prometheus.reloadUrl, { method: 'POST' })).status).toBe(200);
    const alerts = await pollUntil(
      async () => {
        const list = JSON.parse(await httpProbe(`${alertmanager.url}/api/v2/alerts`)) as {
          labels: Record<string, string>;
        }[];
        return list.length > 0 ? list : null;
      },
      { what: 'the alert in the Alertmanager', timeoutMs: 20_000 },
    );
    expect(alerts[0]?.labels).toMatchObject({ alertname: 'Up', cluster: 'test', job: 'targets' });
  });

  it('listen on loopback only', async () => {
    for (const server of [prometheus, alertmanager]) {
      expect(server.log()).toContain(`127.0.0.1:${server.port}`);
    }
    expect(alertmanager.log()).not.toMatch(/gossip/i);
  });

  it('fail at once, with the reason, on a configuration that they refuse', async () => {
    await writeFile(join(rules, 'bad.yml'), 'route: {}\n');
    await expect(startAlertmanager({ configFile: join(rules, 'bad.yml') })).rejects.toThrow(
      /exit code 1[\s\S]*receiver/,
    );
    await expect(startPrometheus({ extraArgs: ['--no-such-flag'] })).rejects.toThrow(/no-such-flag/);
  });
});
