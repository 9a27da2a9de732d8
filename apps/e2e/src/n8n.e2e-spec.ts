import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AnalysisView, EscalationPage } from '@alertagent/contracts';
import { freePort, pollUntil, startN8n, type N8nServer } from '@alertagent/local-stack';
import { startDifyStub, type DifyMode, type DifyStub } from '@alertagent/stubs';
import { AlertAgent } from './alertagent';

const WORKFLOWS = join(__dirname, '../../../deploy/n8n/workflows');
const KEY = { name: 'X-AlertAgent-Key', value: 'a-key-that-only-alertagent-knows' };
const DIFY_KEY = 'app-key-of-the-analyst';

/** Long for a busy machine, short for whoever waits until a workflow is given up. */
const CONFIGURATION = `
n8n:
  callback_timeout: 30s
gateway:
  routing:
    rules:
      - match: { workflow: critical }
        workflow: critical-alert-handling
      - match: { workflow: missing }
        workflow: not-published
`;

interface WorkflowFile {
  id: string;
  nodes: { name: string; parameters: { assignments?: { assignments: { name: string; value: string }[] } } }[];
}

/** The shipped workflows with their addresses filled in, as whoever installs them does. */
function shippedWorkflows(settings: Record<string, string>): WorkflowFile[] {
  return readdirSync(WORKFLOWS).map((name) => {
    const file = JSON.parse(readFileSync(join(WORKFLOWS, name), 'utf8')) as WorkflowFile;
    for (const { parameters } of file.nodes)
      for (const one of parameters.assignments?.assignments ?? []) one.value = settings[one.name] ?? one.value;
    return file;
  });
}

describe('the shipped workflows in a real n8n', () => {
  let agent: AlertAgent;
  let dify: DifyStub;
  let n8n: N8nServer;
  let webhookToken: string;
  let statusToken: string;
  let alerts = 0;
  const folder = mkdtempSync(join(tmpdir(), 'alertagent-n8n-'));

  const token = async (name: string, purpose: string): Promise<string> => {
    const { body } = await agent.call<{ token: string }>('POST', '/api/v1/tokens', { name, purpose });
    return body.token;
  };

  beforeAll(async () => {
    const port = await freePort();
    dify = await startDifyStub({ app: 'agent-chat', key: DIFY_KEY });
    const configuration = join(folder, 'alertagent.yml');
    writeFileSync(configuration, CONFIGURATION);
    agent = await AlertAgent.start({
      env: {
        ALERTAGENT_CONFIG: configuration,
        N8N_ENDPOINT: `http://127.0.0.1:${port}`,
        N8N_HEADER_AUTH_VALUE: KEY.value,
      },
    });
    statusToken = await token('n8n status', 'status');
    const escalateToken = await token('n8n escalate', 'escalate');
    const { body: cluster } = await agent.call<{ id: string }>('POST', '/api/v1/clusters', { name: 'production' });
    const issued = await agent.call<{ token: string }>('POST', `/api/v1/clusters/${cluster.id}/tokens`, {
      name: 'test',
      purpose: 'webhook',
    });
    webhookToken = issued.body.token;
    const bearer = (value: string) => ({ name: 'Authorization', value: `Bearer ${value}` });
    const credentials = [
      { id: 'alertagentKey001', name: 'AlertAgent: key of the webhooks', data: KEY },
      { id: 'alertagentSts001', name: 'AlertAgent: status token', data: bearer(statusToken) },
      { id: 'alertagentEsc001', name: 'AlertAgent: escalate token', data: bearer(escalateToken) },
      { id: 'difyAppKey000001', name: 'Dify: key of the app', data: bearer(DIFY_KEY) },
      { id: 'executorKey00001', name: 'Key of what carries out actions', data: bearer('none') },
    ];
    n8n = await startN8n({
      port,
      credentials: credentials.map((one) => ({ ...one, type: 'httpHeaderAuth' as const })),
      workflows: shippedWorkflows({ dify_url: dify.url }),
    });
    for (const path of ['alert-analysis', 'critical-alert-handling', 'platform-alert-analysis'])
      await n8n.whenListening(path);
  }, 600_000);

  afterAll(async () => {
    await n8n?.stop();
    await agent?.stop();
    await dify?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let sound: string;
  beforeEach(() => {
    sound = dify.answerText;
  });
  afterEach(() => {
    dify.mode = 'ok';
    dify.answerText = sound;
  });

  /** An alert arrives; resolves to its analysis once that is over. */
  const analysed = async (labels: Record<string, string> = {}): Promise<AnalysisView> => {
    alerts += 1;
    const alertname = `Alert${alerts}`;
    const alert = {
      status: 'firing',
      labels: { alertname, severity: 'warning', ...labels },
      annotations: { summary: '磁盘 "full"\n{{ }} }} ${x}' },
      startsAt: new Date().toISOString(),
    };
    const sent = await agent.call(
      'POST',
      '/api/v1/alerts/webhook',
      { version: '4', groupKey: alertname, status: 'firing', receiver: 'r', alerts: [alert] },
      webhookToken,
    );
    expect(sent.status).toBe(202);
    return pollUntil(
      async () => {
        const { items } = await agent.get<{ items: AnalysisView[] }>('/alerts/analyze?limit=100');
        const found = await Promise.all(
          items.map(async ({ analysis_id }) => agent.get<AnalysisView>(`/alerts/analyze/${analysis_id}`)),
        );
        const names = await agent.get<{ items: { id: string; name: string }[] }>(`/alerts?name=${alertname}&limit=1`);
        return found.find(({ alert_id, completed_at }) => completed_at && alert_id === names.items[0]?.id) ?? null;
      },
      { what: `the analysis of ${alertname}`, timeoutMs: 60_000 },
    );
  };

  it('ask Dify and report the analysis with its claims, and AlertAgent checks those and decides', async () => {
    const claims = [
      { text: 'Its severity is "warning"', evidence: ['a1'], checks: [] },
      { text: 'The disk is 42% full', evidence: ['a1'], checks: [] },
    ];
    dify.answerText = JSON.stringify({ ...(JSON.parse(sound) as object), claims });
    const analysis = await analysed();
    expect(analysis.result?.claims).toMatchObject([
      { ...claims[0], verdict: 'kept', reason: null },
      { ...claims[1], verdict: 'struck', reason: '"42%" is not in what it cites' },
    ]);
    expect(analysis.result?.evidence?.map(({ id }) => id)).toContain('a1');
    expect(analysis).toMatchObject({
      status: 'completed',
      engine: 'n8n',
      workflow: 'alert-analysis',
      fallback_reason: null,
      result: { root_cause: 'A memory leak in the web application', recommended_team: 'web', analyst: 'n8n' },
      decision: { action: 'smart_routing', target_team: 'web' },
    });
    const question = dify.questions.at(-1)!.body as { query: string; response_mode: string; conversation_id?: string };
    expect(question).toMatchObject({ response_mode: 'streaming', user: 'alertagent' });
    expect(question.conversation_id).toBeUndefined();
    expect(question.query).toContain('磁盘');
  });

  it('take a repeated callback for what it is, and refuse a different one that comes late', async () => {
    const { analysis_id, result } = await analysed();
    const report = (body: object) =>
      agent.call('POST', `/api/v1/alerts/analyze/${analysis_id}/status`, body, statusToken);
    const { analyst: _, ...reported } = result!;
    expect((await report({ status: 'completed', result: reported })).status).toBe(200);
    expect((await report({ status: 'failed', error: 'too late' })).status).toBe(409);
    expect((await agent.call('POST', `/api/v1/alerts/analyze/${analysis_id}/status`, {}, 'no-token')).status).toBe(401);
  });

  it.each<[DifyMode, RegExp]>([
    ['error-event', /Dify reported/],
    ['cut', /broke off/],
    ['garbage', /no JSON object|not valid JSON|JSON/],
    ['wrong-types', /no root cause with usable scores/],
    ['500', /.+/],
  ])('say at once that the analysis failed when Dify does this: %s; people are called', async (mode, reason) => {
    dify.mode = mode;
    const analysis = await analysed();
    expect(analysis).toMatchObject({
      status: 'failed',
      engine: 'n8n',
      error: expect.stringMatching(reason),
      decision: { action: 'immediate_escalation' },
    });
  });

  it('report what a hostile model wrote as text, and nothing of it happens', async () => {
    dify.mode = 'hostile';
    const analysis = await analysed();
    expect(analysis.result?.suggested_actions).toContain('rm -rf / --no-preserve-root');
    expect(await agent.get<{ items: unknown[] }>('/automation/actions')).toMatchObject({ items: [] });
  });

  it('answer nobody without the key', async () => {
    const before = dify.questions.length;
    for (const headers of [{}, { [KEY.name]: 'a guess' }]) {
      const answer = await fetch(`${n8n.url}/webhook/alert-analysis`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ context: { callback_url: dify.url } }),
      });
      expect(answer.status).toBe(403);
    }
    expect(dify.questions).toHaveLength(before);
  });

  it('call people for a critical alert before it is analysed', async () => {
    const analysis = await analysed({ severity: 'critical', workflow: 'critical' });
    expect(analysis).toMatchObject({ status: 'completed', workflow: 'critical-alert-handling', engine: 'n8n' });
    const { items } = await agent.get<EscalationPage>(`/escalations?alert_id=${analysis.alert_id}`);
    expect(items.map(({ escalation_type, requested_by }) => [escalation_type, requested_by])).toContainEqual([
      'critical_alert',
      'n8n escalate',
    ]);
  });

  it('leave the alert to the built-in workflow when the routed one does not exist there', async () => {
    const analysis = await analysed({ workflow: 'missing' });
    expect(analysis).toMatchObject({
      status: 'completed',
      engine: 'built-in',
      workflow: 'not-published',
      fallback_reason: expect.stringMatching(/404/),
    });
  });

  it('leave the alert to the built-in workflow when n8n is gone in the middle of it, and when it is not there at all', async () => {
    dify.mode = 'slow';
    const asked = dify.questions.length;
    const cut = analysed();
    await pollUntil(() => dify.questions.length > asked, {
      what: 'the workflow to be in the middle',
      timeoutMs: 30_000,
    });
    await n8n.stop();
    expect(await cut).toMatchObject({
      status: 'completed',
      engine: 'built-in',
      fallback_reason: expect.stringMatching(/call back/),
    });
    expect(await analysed()).toMatchObject({ status: 'completed', engine: 'built-in' });
  });
});
