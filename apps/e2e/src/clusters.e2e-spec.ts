import type { ClusterHealthView, ClusterView } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertAgent } from './alertagent';
import { MonitoredCluster } from './monitored-cluster';

describe('the life of a cluster', () => {
  let agent: AlertAgent;
  let cluster: MonitoredCluster;

  beforeAll(async () => {
    agent = await AlertAgent.start();
    cluster = await MonitoredCluster.join(agent, 'prod');
  });

  afterAll(async () => {
    await cluster?.stop();
    await agent?.stop();
  });

  const health = async (): Promise<ClusterHealthView | undefined> =>
    (await agent.get<{ items: ClusterHealthView[] }>('/clusters/health')).items.find(({ id }) => id === cluster.id);
  const names = async (): Promise<string[]> => (await cluster.loadedRules()).map(({ name }) => name);

  it('its members say what they are, and how far their clocks are off', async () => {
    const members = await pollUntil(
      async () => {
        const known = (await health())?.members ?? [];
        return known.length === 2 && known.every(({ status }) => status === 'healthy') ? known : null;
      },
      { what: 'both members to be healthy', timeoutMs: 60_000 },
    );
    expect(members.map(({ kind }) => kind).sort()).toEqual(['alertmanager', 'prometheus']);
    for (const { version, clock_ahead_ms } of members) {
      expect(version).toMatch(/^\d+\.\d+/);
      expect(Math.abs(clock_ahead_ms ?? Infinity)).toBeLessThan(5_000);
    }
  });

  it('its canary is evaluated, fires at the real Alertmanager, arrives, and bothers nobody', async () => {
    const changed = await agent.call('PUT', `/api/v1/clusters/${cluster.id}`, {
      name: 'prod',
      labels: { environment: 'test' },
      config: { sync_interval: '2s', canary: true },
    });
    expect(changed.status).toBe(200);

    const path = await pollUntil(
      async () => {
        const now = (await health())?.alert_path;
        const places = new Set(now?.seen.map(({ place }) => place));
        return now?.status === 'ok' && places.size === 3 ? now : null;
      },
      { what: 'the canary to be seen in all places', timeoutMs: 120_000, intervalMs: 500 },
    );

    expect(path.seen.map(({ place }) => place).sort()).toEqual(['alertmanager', 'gateway', 'prometheus']);
    expect(await names()).toEqual(['AlertAgentCanary']);
    expect((await agent.get<{ items: unknown[] }>('/alerts')).items).toEqual([]);
    const ledger = await agent.get<{ balanced: boolean; dispositions: { heartbeat: number } }>('/ledger');
    expect(ledger.balanced).toBe(true);
    expect(ledger.dispositions.heartbeat).toBeGreaterThan(0);
  });

  it('is retired once the real Prometheus shows no rule of ours, and then its tokens are dead', async () => {
    const rule = { name: 'Demo', expression: 'demo_value > 5', targets: [cluster.id] };
    expect((await agent.call('POST', '/api/v1/rules', rule)).status).toBe(201);
    await pollUntil(async () => (await names()).includes('Demo'), { what: 'the rule to be loaded', timeoutMs: 60_000 });

    const answer = await agent.call('DELETE', `/api/v1/clusters/${cluster.id}?rules=withdraw`);
    expect(answer.status).toBe(204);
    const retired = await pollUntil(
      async () => {
        const now = await agent.get<ClusterView>(`/clusters/${cluster.id}`);
        return now.status === 'retired' ? now : null;
      },
      { what: 'the cluster to be retired', timeoutMs: 60_000 },
    );

    expect(retired.retirement).toMatchObject({ rules: 'withdraw', unproven: [] });
    expect(await names()).toEqual([]);
    const fetched = () =>
      fetch(`${agent.url}/api/v1/configs?cluster_id=${cluster.id}&type=prometheus-rules`, {
        headers: { authorization: `Bearer ${cluster.tokens.sync}` },
      });
    await pollUntil(async () => (await fetched()).status === 401, {
      what: 'the token to be refused',
      timeoutMs: 10_000,
    });
  });
});
