import type { AlertmanagerLayerView, EffectiveAlertmanagerConfig } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AlertAgent } from './alertagent';
import { MonitoredCluster } from './monitored-cluster';

interface Problem {
  status: number;
  errors: { pointer: string }[];
}

/** Where a team's receiver posts to: the paths it was asked for, with the names of the alerts. */
class TeamHook {
  readonly heard: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      const { alerts } = JSON.parse(body) as { alerts: { labels: { alertname: string } }[] };
      this.heard.push(...alerts.map(({ labels }) => `${request.url!} ${labels.alertname}`));
      response.end();
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('Alertmanager configuration, through the real sidecar into a real Alertmanager', () => {
  const hook = new TeamHook();
  let agent: AlertAgent;
  let cluster: MonitoredCluster;
  let layer: AlertmanagerLayerView;

  beforeAll(async () => {
    await hook.start();
    agent = await AlertAgent.start();
    cluster = await MonitoredCluster.join(agent, 'prod');
    await loaded((text) => text.includes('name: alertagent'));
  });
  afterAll(async () => {
    await cluster?.stop();
    await agent?.stop();
    await hook.stop();
  });

  /** What the real Alertmanager has loaded, by its own word; secrets hidden. */
  const loaded = (isThere: (text: string) => boolean): Promise<string> =>
    pollUntil(
      async () => {
        const response = await fetch(`${cluster.alertmanager.url}/api/v2/status`);
        const { config } = (await response.json()) as { config: { original: string } };
        return isThere(config.original) ? config.original : undefined;
      },
      { what: 'the Alertmanager to have loaded it', timeoutMs: 60_000, intervalMs: 100 },
    );
  const fire = async (alertname: string, severity: string): Promise<void> => {
    const response = await fetch(`${cluster.alertmanager.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ labels: { alertname, severity } }]),
    });
    expect(response.status).toBe(200);
  };
  const atAlertAgent = (name: string) =>
    pollUntil(async () => (await agent.get<{ items: unknown[] }>(`/alerts?name=${name}`)).items[0], {
      what: `${name} to arrive at AlertAgent`,
      timeoutMs: 60_000,
    });
  const atTeam = (message: string) =>
    pollUntil(() => Promise.resolve(hook.heard.includes(message)), {
      what: `the team to hear ${message}`,
      timeoutMs: 60_000,
    });
  const input = () => ({
    name: 'pages',
    scope: { kind: 'selector', matchers: ['environment="test"'] },
    document: {
      route: { routes: [{ receiver: 'team/a', matchers: ['severity="critical"'], group_wait: '0s' }] },
      receivers: [{ name: 'team/a', webhook_configs: [{ url: hook.url('/first-s3cr3t') }] }],
    },
    reason: 'the team wants to hear of critical alerts itself',
  });
  const put = (body: unknown, tag: string) =>
    fetch(`${agent.url}/api/v1/alertmanager/layers/pages`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${agent.adminToken}`, 'content-type': 'application/json', 'if-match': tag },
      body: JSON.stringify(body),
    });

  it('a layer that was made over REST is loaded, its secret where it belongs and shown nowhere', async () => {
    const created = await agent.call<AlertmanagerLayerView>('POST', '/api/v1/alertmanager/layers', input());
    expect(created.status).toBe(201);
    layer = created.body;
    expect(JSON.stringify(layer)).not.toContain('s3cr3t');
    await loaded((text) => text.includes('name: team'));
    const shown = await agent.get<EffectiveAlertmanagerConfig>('/clusters/prod/alertmanager-config');
    expect(shown).toMatchObject({
      valid: true,
      problems: [],
      versions_are_reported: true,
      layers: [{ name: 'pages' }],
    });
    expect(JSON.stringify(shown)).not.toContain('s3cr3t');
  });

  it('the team hears of its alerts, and AlertAgent of all of them, as the route test says', async () => {
    await fire('Critical', 'critical');
    await fire('Harmless', 'info');
    await atTeam('/first-s3cr3t Critical');
    await atAlertAgent('Critical');
    await atAlertAgent('Harmless');
    expect(hook.heard).toEqual(['/first-s3cr3t Critical']);
    const tested = await agent.call<{ routes: { receiver: string }[] }>(
      'POST',
      '/api/v1/clusters/prod/alertmanager-config/test-route',
      { labels: { severity: 'critical' } },
    );
    expect(tested.body.routes.map(({ receiver }) => receiver)).toEqual(['alertagent', 'team/a']);
  });

  it('a secret that gets a new value is used by the Alertmanager without anybody touching the layer', async () => {
    const { items } = await agent.get<{ items: { name: string; used_by: string[] }[] }>('/alertmanager/secrets');
    expect(items).toEqual([
      expect.objectContaining({ name: `${layer.id}.receivers.team/a.webhook_configs.0.url`, used_by: ['pages'] }),
    ]);
    const path = `/api/v1/alertmanager/secrets/${encodeURIComponent(items[0]!.name)}`;
    expect(await agent.call('PUT', path, { value: hook.url('/second-s3cr3t') })).toMatchObject({
      status: 200,
      body: { version: 2 },
    });
    let attempt = 0;
    await pollUntil(
      async () => {
        attempt += 1;
        await fire(`Critical${attempt}`, 'critical');
        return hook.heard.some((message) => message.startsWith('/second-s3cr3t '));
      },
      { what: 'the team to hear at its new address', timeoutMs: 60_000, intervalMs: 1000 },
    );
    expect((await agent.call('DELETE', path)).status).toBe(409);
  });

  it('what is wrong is told with its place, and what somebody else changed meanwhile is not overwritten', async () => {
    const wrong = await put({ ...input(), document: { route: { group_by: 'alertname' } } }, '"1"');
    expect([wrong.status, wrong.headers.get('content-type')]).toEqual([400, expect.stringContaining('problem+json')]);
    expect(((await wrong.json()) as Problem).errors).toEqual([
      expect.objectContaining({ pointer: '/document/route/group_by' }),
    ]);
    const black = { route: { routes: [{ receiver: 'nobody' }] } };
    const refused = await put({ ...input(), document: black }, '"1"');
    expect(((await refused.json()) as Problem).errors).toEqual([expect.objectContaining({ code: 'unknown_receiver' })]);
    expect((await put(input(), '"7"')).status).toBe(412);
    const verdict = await agent.call('POST', '/api/v1/alertmanager/validate', { text: 'route: {}', version: '0.25.0' });
    expect(verdict).toMatchObject({ status: 200, body: { valid: false, problems: [{ check: 'root_route' }] } });
  });

  it('a layer can be changed, compared, made again what it was, and deleted; the Alertmanager follows', async () => {
    const path = `/api/v1/alertmanager/layers/${layer.id}`;
    const changed = await put(
      { ...input(), document: { ...layer.document, global: { resolve_timeout: '7m' } } },
      '"1"',
    );
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"2"']);
    await loaded((text) => text.includes('resolve_timeout: 7m'));
    const diff = await agent.get<{ differences: unknown[] }>(`/alertmanager/layers/${layer.id}/versions/2/diff`);
    expect(diff.differences).toEqual([
      { pointer: '/document/global', change: 'added', before: null, after: { resolve_timeout: '7m' } },
    ]);
    const restored = await agent.call('POST', `${path}/restore`, { version: 1, reason: 'back' });
    expect(restored).toMatchObject({ status: 200, body: { version: 3, document: layer.document } });
    await loaded((text) => text.includes('resolve_timeout: 5m'));
    expect((await agent.call('DELETE', path)).status).toBe(204);
    await loaded((text) => !text.includes('name: team'));
    const { items } = await agent.get<{ items: { change: string }[] }>(`/alertmanager/layers/${layer.id}/versions`);
    expect(items.map(({ change }) => change)).toEqual(['deleted', 'restored', 'updated', 'created']);
  });
});
