import { getCluster, getRule, listRuleVersions, type RuleView } from '@alertagent/contracts';
import { startVictoriametrics, type VictoriametricsServer } from '@alertagent/local-stack';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import { startDifyStub, type DifyStub } from '@alertagent/stubs';
import { Stand } from './stand';

const RULE_ID = '01930000-0000-7000-8000-000000000002';
const MINUTE_MS = 60_000;
/** Some hours ago: no database takes measurements of the future. */
const STARTED = new Date(Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 180 * MINUTE_MS).toISOString();

const rule: RuleView = {
  id: RULE_ID,
  name: 'DiskFull',
  group: 'alertagent',
  expression: 'disk_used_ratio > 0.9',
  duration: '10m',
  labels: {},
  annotations: {},
  targets: ['production'],
  version: 4,
  created_at: STARTED,
  updated_at: STARTED,
} as RuleView;

describe('what an analyst claims', () => {
  let stand: Stand;
  let dify: DifyStub;
  let victoria: VictoriametricsServer;
  const peers: FakePeer[] = [];
  beforeAll(async () => {
    stand = await Stand.start();
    victoria = await startVictoriametrics({ extraArgs: ['-search.latencyOffset=0s', '-dedup.minScrapeInterval=1ms'] });
    dify = await startDifyStub({ app: 'workflow' });
    const { natsUrl } = stand;
    const version = {
      version: 4,
      change: 'updated',
      author: 'olga',
      reason: 'threshold lowered',
      created_at: STARTED,
      rule,
    };
    const rules = [answers(getRule, () => rule), answers(listRuleVersions, () => ({ items: [version] }))];
    peers.push(await fakePeer({ natsUrl, service: 'rules', answers: rules }));
    const cluster = ({ id }: { id: string }) => ({
      id,
      name: 'production',
      kind: 'prometheus' as const,
      status: 'active' as const,
      endpoint: 'http://alertmanager.example:9093',
      alertmanagers: [],
      query_url: victoria.url,
      config: { sync_interval: '30s', health_check_interval: '30s', retry_attempts: 3 },
      labels: {},
      version: 1,
      created_at: STARTED,
      updated_at: STARTED,
    });
    peers.push(await fakePeer({ natsUrl, service: 'clusters', answers: [answers(getCluster, cluster)] }));
    await measured('db-3:9100', 0.95);
    await measured('db-4:9100', 0.4);
    await stand.startReplica({
      dify: { endpoint: dify.url, api_key: dify.key, mode: 'workflow', timeout: 30_000 },
      security: { outbound_allow: ['127.0.0.1'] },
    });
  }, 120_000);
  afterAll(async () => {
    for (const peer of peers) await peer.close();
    await stand.stop();
    await dify.close();
    await victoria.stop();
  }, 60_000);

  /** Two hours of a constant ratio, ending an hour after the alert began. */
  async function measured(instance: string, ratio: number): Promise<void> {
    const lines = Array.from({ length: 121 }, (_, minute) => {
      const at = Date.parse(STARTED) + (minute - 60) * MINUTE_MS;
      return `disk_used_ratio{instance="${instance}"} ${ratio} ${at}`;
    });
    const response = await fetch(`${victoria.url}/api/v1/import/prometheus`, {
      method: 'POST',
      body: lines.join('\n'),
    });
    expect(response.ok).toBe(true);
    await fetch(`${victoria.url}/internal/force_flush`);
  }

  async function analysed(claims: object[]) {
    const answer = {
      root_cause: 'The disk is full',
      severity_score: 0.6,
      confidence: 0.9,
      suggested_actions: [],
      claims,
    };
    dify.answerText = JSON.stringify(answer);
    const labels = { alertname: 'DiskFull', instance: 'db-3:9100', severity: 'warning' };
    const annotations = { alertagent_rule_id: RULE_ID };
    const { incident_id } = await stand.open({ name: 'DiskFull', labels, annotations, starts_at: STARTED });
    const { result } = await stand.over(incident_id);
    return result!;
  }

  it('rests on what was looked up: the rule, its changes, and what it measures here and next door', async () => {
    const { evidence } = await analysed([]);
    expect(evidence!.map(({ id, kind }) => [id, kind])).toEqual(
      expect.arrayContaining([
        ['a1', 'alert'],
        ['r1', 'rule'],
        ['v1', 'rule_versions'],
        ['m1', 'metrics'],
        ['m2', 'metrics'],
      ]),
    );
    const own = evidence!.find(({ id }) => id === 'm1')!;
    expect(JSON.parse(own.query!)).toMatchObject({ query: 'disk_used_ratio', step: 60 });
    expect(own.excerpt).toContain('db-3:9100');
    expect(own.excerpt).not.toContain('db-4');
    for (const { sha256 } of evidence!) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    const asked = JSON.stringify(dify.questions.at(-1)!.body);
    expect(asked).toContain('m1');
    expect(asked).toContain('db-4:9100');
  });

  it('is kept when what it cites bears it, and struck out with the reason when not', async () => {
    const { claims } = await analysed([
      { text: 'The disk of db-3:9100 is 95% full', evidence: ['m1'], checks: [] },
      {
        text: 'The neighbour has room',
        evidence: ['m2'],
        checks: [{ evidence: 'm2', path: '', statistic: 'max', op: '<', value: 0.5 }],
      },
      { text: 'The threshold was changed by "olga"', evidence: ['v1'], checks: [] },
      { text: 'The disk of db-3:9100 is 99% full', evidence: ['m1'], checks: [] },
      { text: 'A release caused it', evidence: [], checks: [] },
      { text: 'It is 42% full', evidence: ['m7'], checks: [] },
    ]);
    expect(claims!.map(({ verdict }) => verdict)).toEqual(['kept', 'kept', 'kept', 'struck', 'struck', 'struck']);
    expect(claims!.slice(3).map(({ reason }) => reason)).toEqual([
      '"99%" is not in what it cites',
      'it cites no evidence',
      'there is no evidence m7',
    ]);
  });

  it('is struck out when the metrics come out differently, or not at all, the second time', async () => {
    const claim = { text: 'The disk of db-3:9100 is 95% full', evidence: ['m1'], checks: [] };
    dify.beforeAnswer = async () => measured('db-3:9100', 0.97);
    expect((await analysed([claim])).claims).toMatchObject([
      { verdict: 'struck', reason: 'the evidence m1 came out differently the second time' },
    ]);
    dify.beforeAnswer = () => victoria.stop();
    expect((await analysed([{ ...claim, text: 'The disk of db-3:9100 is 97% full' }])).claims).toMatchObject([
      { verdict: 'struck', reason: 'the evidence m1 could not be looked up again' },
    ]);
    dify.beforeAnswer = () => undefined;
    expect((await analysed([claim])).claims).toMatchObject([{ verdict: 'struck', reason: 'there is no evidence m1' }]);
  });
});
