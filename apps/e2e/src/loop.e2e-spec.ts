import type { DistributionTarget, RuleDistribution } from '@alertagent/contracts';
import { pollUntil, startMariadb, startRedis, type RunningServer } from '@alertagent/local-stack';
import { AlertAgent } from './alertagent';
import { MonitoredCluster } from './monitored-cluster';

interface Ledger {
  accepted: number;
  pending: number;
  dispositions: Record<string, number>;
  balanced: boolean;
}
interface AlertItem {
  id: string;
  name: string;
  status: string;
  incident_id: string;
}
interface Incident {
  id: string;
  status: string;
  alerts: AlertItem[];
  analysis: { status: string; result: { root_cause: string } } | null;
  decision: { action: string; policy_version: string } | null;
}

/** Where AlertAgent keeps its data, and what has to run for that. */
const modes: { name: string; prepare: () => Promise<{ env: Record<string, string>; servers: RunningServer[] }> }[] = [
  { name: 'embedded: SQLite and memory', prepare: async () => ({ env: {}, servers: [] }) },
  {
    name: 'MariaDB and Redis',
    prepare: async () => {
      const [mariadb, redis] = await Promise.all([startMariadb(), startRedis()]);
      const url = await mariadb.createDatabase('alertagent');
      return { env: { ALERTAGENT_DATABASE_URL: url, ALERTAGENT_REDIS_URL: redis.url }, servers: [mariadb, redis] };
    },
  },
];

describe.each(modes)('the loop, on $name', ({ prepare }) => {
  let servers: RunningServer[] = [];
  let agent: AlertAgent;
  let cluster: MonitoredCluster;
  let ruleId: string;
  const rule = {
    name: 'DemoValueHigh',
    expression: 'demo_value > 5',
    severity: 'critical',
    labels: { team: 'platform' },
    annotations: { summary: 'demo_value is {{ $value }}' },
    targets: [{ labels: { environment: 'test' } }],
  };

  beforeAll(async () => {
    const prepared = await prepare();
    servers = prepared.servers;
    agent = await AlertAgent.start({ env: prepared.env });
    cluster = await MonitoredCluster.join(agent, 'prod');
  });

  afterAll(async () => {
    await cluster?.stop();
    await agent?.stop();
    await Promise.all(servers.map((server) => server.stop()));
  });

  const target = async (): Promise<DistributionTarget | undefined> =>
    (await agent.get<RuleDistribution>(`/rules/${ruleId}/distribution`)).targets.find(
      ({ cluster_id }) => cluster_id === cluster.id,
    );
  const distributed = (status: string, version: number): Promise<DistributionTarget> =>
    pollUntil(
      async () => {
        const now = await target();
        return now?.status === status && now.version === version ? now : undefined;
      },
      { what: `version ${version} to be ${status}`, timeoutMs: 60_000, intervalMs: 100 },
    );

  it('a rule created over REST is live only once the real Prometheus shows exactly that version', async () => {
    const created = await agent.call<{ id: string; version: number }>('POST', '/api/v1/rules', rule);
    expect(created).toMatchObject({ status: 201, body: { version: 1 } });
    ruleId = created.body.id;

    const live = await distributed('live', 1);

    expect(live.members).toEqual([expect.objectContaining({ status: 'live' })]);
    const loaded = (await cluster.loadedRules()).filter(({ name }) => name === rule.name);
    expect(loaded).toHaveLength(1);
    expect(loaded[0]?.annotations).toMatchObject({ alertagent_rule_id: ruleId, alertagent_rule_version: '1' });
  });

  it('when its expression becomes true the alert comes back through the real Alertmanager and opens an incident', async () => {
    cluster.value = 9;

    const alert = await pollUntil(
      async () => (await agent.get<{ items: AlertItem[] }>(`/alerts?name=${rule.name}&status=firing`)).items[0],
      { what: 'the alert to arrive', timeoutMs: 90_000, intervalMs: 200 },
    );

    expect(alert.incident_id).toEqual(expect.any(String));
    const detail = await agent.get<{ timeline: { stage: string }[] }>(`/alerts/${alert.id}`);
    expect(detail.timeline.length).toBeGreaterThan(0);
  });

  it('the incident is analysed and decided on, and all of it can be read back', async () => {
    const incident = await pollUntil(
      async () => {
        const [open] = (await agent.get<{ items: Incident[] }>('/incidents?status=open')).items;
        const detail = open && (await agent.get<Incident>(`/incidents/${open.id}`));
        return detail?.decision && detail.analysis ? detail : undefined;
      },
      { what: 'a decision on the incident', timeoutMs: 60_000, intervalMs: 200 },
    );

    expect(incident.alerts.map(({ name }) => name)).toEqual([rule.name]);
    expect(incident.analysis).toMatchObject({ status: 'completed' });
    expect(incident.analysis?.result.root_cause).not.toBe('');
    expect(['auto_resolve', 'immediate_escalation', 'smart_routing', 'manual_review']).toContain(
      incident.decision?.action,
    );
  });

  it('a changed rule is proven live as its new version, and the incident waits whether the new version fires before it resolves', async () => {
    const changed = await agent.call<{ version: number }>('PUT', `/api/v1/rules/${ruleId}`, {
      ...rule,
      expression: 'demo_value > 50',
    });
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });

    await distributed('live', 2);

    const loaded = (await cluster.loadedRules()).find(({ name }) => name === rule.name);
    expect(loaded).toMatchObject({ query: 'demo_value > 50', annotations: { alertagent_rule_version: '2' } });
    const waiting = async (): Promise<boolean> => {
      const { items } = await agent.get<{ items: { firing_count: number; settle_at: string | null }[] }>('/incidents');
      return items.some(({ firing_count, settle_at }) => firing_count === 0 && settle_at !== null);
    };
    await pollUntil(waiting, {
      what: 'the alert to end',
      timeoutMs: 120_000,
      intervalMs: 500,
    });
  });

  it('a deleted rule is removed only once the real Prometheus no longer shows it', async () => {
    const deleted = await agent.call('DELETE', `/api/v1/rules/${ruleId}`);
    expect(deleted.status).toBe(204);

    await pollUntil(async () => (await target())?.status === 'removed', {
      what: 'the rule to be removed',
      timeoutMs: 60_000,
      intervalMs: 100,
    });

    expect((await cluster.loadedRules()).map(({ name }) => name)).not.toContain(rule.name);
    expect((await agent.call('GET', `/api/v1/rules/${ruleId}`)).status).toBe(404);
  });

  it('the ledger balances: every accepted alert has exactly one disposition', async () => {
    const ledger = await pollUntil(
      async () => {
        const now = await agent.get<Ledger>('/ledger');
        return now.pending === 0 ? now : undefined;
      },
      { what: 'nothing to be pending', timeoutMs: 30_000 },
    );

    expect(ledger.balanced).toBe(true);
    expect(ledger.accepted).toBeGreaterThanOrEqual(2);
    expect(Object.values(ledger.dispositions).reduce((sum, count) => sum + count, 0)).toBe(ledger.accepted);
  });

  it('the audit chains of all services verify and name what was changed', async () => {
    const verified = await agent.get<{ ok: boolean; chains: { service: string; ok: boolean }[] }>('/audit/verify');
    const { items } = await agent.get<{ items: { action: string }[] }>('/audit?limit=100');

    expect(verified).toMatchObject({ ok: true });
    expect(items.map(({ action }) => action)).toEqual(
      expect.arrayContaining([expect.stringMatching(/rule/), expect.stringMatching(/cluster/)]),
    );
  });
});
