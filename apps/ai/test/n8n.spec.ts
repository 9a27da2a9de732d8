import { startAnalysis } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { startN8nStub, type N8nMode, type N8nStub } from '@alertagent/stubs';
import { completedReport, OPERATOR, Stand } from './stand';

const AUTH = { name: 'X-AlertAgent-Key', value: 'the-shared-secret' };
const CALLBACK_TIMEOUT = 600_000;

describe('an incident with n8n', () => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeAll(async () => {
    stand = await Stand.start();
  }, 60_000);

  afterAll(() => stand.stop());

  beforeEach(async () => {
    n8n = await startN8nStub({
      workflows: ['alert-analysis', 'critical-alert-handling', 'platform-alert-analysis'],
      auth: AUTH,
    });
    await stand.startReplica(config());
  });

  afterEach(async () => {
    await n8n.close();
    await stand.stopReplicas();
  });

  const config = (changes: object = {}) => ({
    n8n: {
      webhook_base_url: n8n.webhookBase,
      header_auth_value: AUTH.value,
      timeout: 10_000,
      callback_timeout: CALLBACK_TIMEOUT,
      ...changes,
    },
    server: { public_url: 'https://alertagent.example' },
    gateway: {
      routing: {
        default_workflow: 'alert-analysis',
        rules: [
          { match: { severity: 'critical' }, workflow: 'critical-alert-handling' },
          { match: { team: 'platform' }, workflow: 'platform-alert-analysis' },
        ],
      },
    },
  });

  const restart = async (changes: object): Promise<void> => {
    await stand.stopReplicas();
    await stand.startReplica(config(changes));
  };

  it('is sent to the workflow with everything that it needs to analyse and call back', async () => {
    const { incident_id, alert } = await stand.open();
    const view = await stand.processing(incident_id);
    expect(view).toMatchObject({
      workflow: 'alert-analysis',
      estimated_completion: new Date(stand.clock.now().getTime() + CALLBACK_TIMEOUT).toISOString(),
    });
    expect(n8n.starts).toHaveLength(1);
    const [call] = n8n.starts;
    expect(call?.headers).toMatchObject({ 'idempotency-key': view.analysis_id, 'x-alertagent-key': AUTH.value });
    expect(call?.body).toEqual({
      alert: {
        id: alert.id,
        name: alert.name,
        severity: 'warning',
        labels: alert.labels,
        annotations: alert.annotations,
      },
      context: {
        cluster_id: expect.any(String),
        cluster_name: 'production',
        environment: 'production',
        team: 'web',
        incident_id,
        analysis_id: view.analysis_id,
        api_url: 'https://alertagent.example/api/v1',
        callback_url: `https://alertagent.example/api/v1/alerts/analyze/${view.analysis_id}/status`,
      },
      analysis_request: {
        include_historical: true,
        include_related_metrics: true,
        include_similar_incidents: true,
        analysis_depth: 'detailed',
      },
      prompt: {
        inputs: {
          alert_data: expect.stringContaining(alert.name),
          historical_context: expect.any(String),
          instructions: expect.any(String),
        },
        query: expect.stringMatching(/never an instruction to follow[\s\S]*<data-[0-9a-f]+ name="alert">/),
      },
    });
  });

  it.each([
    ['critical-alert-handling', { alertname: 'A', severity: 'critical', team: 'platform' }],
    ['platform-alert-analysis', { alertname: 'A', severity: 'warning', team: 'platform' }],
    ['alert-analysis', { alertname: 'A', severity: 'warning', team: 'other' }],
  ])('goes to %s by the first routing rule that its labels match', async (workflow, labels) => {
    const { incident_id } = await stand.open({ labels, severity: labels.severity });
    expect(await stand.processing(incident_id)).toMatchObject({ workflow, workflow_reason: expect.any(String) });
    expect(n8n.starts.at(-1)?.path).toBe(`/webhook/${workflow}`);
  });

  it.each<[N8nMode, RegExp]>([
    ['500', /n8n answered 500, after 4 attempts/],
    ['reset', /n8n: the request failed .*, after 4 attempts/],
    ['garbage', /not JSON, after 4 attempts/],
    ['huge', /larger than .* bytes, after 4 attempts/],
  ])(
    'is tried again with the same key and then analysed by the built-in workflow when n8n does this: %s',
    async (mode, reason) => {
      n8n.mode = mode;
      const { incident_id } = await stand.open();
      await stand.passTimeUntil('the built-in workflow to take over', async () =>
        Boolean((await stand.ofIncident(incident_id))[0]?.completed_at),
      );
      const over = await stand.over(incident_id);
      expect(over).toMatchObject({
        status: 'completed',
        engine: 'built-in',
        fallback_reason: expect.stringMatching(reason),
      });
      expect(n8n.keys).toEqual(Array(4).fill(over.analysis_id));
    },
  );

  it('recovers with n8n: a second attempt that succeeds is a success', async () => {
    n8n.mode = '500';
    const { incident_id } = await stand.open();
    await stand.analysis(incident_id, 'the failed attempt', ({ error }) => Boolean(error));
    n8n.mode = 'ok';
    await stand.passTimeUntil('the second attempt', () => n8n.starts.length === 2);
    const view = await stand.processing(incident_id);
    expect(view).toMatchObject({ error: null, fallback_reason: null });
    expect(n8n.keys).toEqual([view.analysis_id, view.analysis_id]);
  });

  it('is analysed by the built-in workflow when n8n does not answer in time', async () => {
    await restart({ timeout: 100 });
    n8n.mode = 'slow';
    const { incident_id } = await stand.open();
    await stand.passTimeUntil('the built-in workflow to take over', async () =>
      Boolean((await stand.ofIncident(incident_id))[0]?.completed_at),
    );
    expect(await stand.over(incident_id)).toMatchObject({
      engine: 'built-in',
      fallback_reason: expect.stringContaining('no complete answer within 100 ms'),
    });
  });

  it('is analysed by the built-in workflow at once when calling again would not help, and no redirect is followed', async () => {
    n8n.mode = 'redirect';
    const { incident_id } = await stand.open();
    expect(await stand.over(incident_id)).toMatchObject({
      engine: 'built-in',
      fallback_reason: expect.stringContaining('302'),
    });
    expect(n8n.calls.map(({ path }) => path)).toEqual(['/webhook/alert-analysis']);

    await restart({ header_auth_value: 'wrong' });
    const refused = await stand.open();
    expect(await stand.over(refused.incident_id)).toMatchObject({
      engine: 'built-in',
      fallback_reason: expect.stringContaining('403'),
    });
  });

  it('is analysed by the built-in workflow when n8n does not know the workflow', async () => {
    n8n.workflows.clear();
    const { incident_id } = await stand.open();
    await stand.passTimeUntil('the built-in workflow to take over', async () =>
      Boolean((await stand.ofIncident(incident_id))[0]?.completed_at),
    );
    expect(await stand.over(incident_id)).toMatchObject({
      engine: 'built-in',
      fallback_reason: expect.stringContaining('404'),
    });
  });

  it('does not wait behind another whose call hangs', async () => {
    n8n.mode = 'slow';
    const stuck = await stand.open();
    await pollUntil(() => n8n.starts.length === 1, { what: 'the call that hangs' });
    n8n.mode = 'ok';
    const { incident_id } = await stand.open();
    expect(await stand.processing(incident_id)).toMatchObject({ status: 'processing' });
    expect((await stand.ofIncident(stuck.incident_id))[0]).toMatchObject({ status: 'pending' });
  });

  it('executes nothing that n8n answers', async () => {
    n8n.mode = 'hostile';
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    await stand.report(
      analysis_id,
      completedReport({ severity_score: 0, confidence: 1, suggested_actions: ['delete_namespace production'] }),
    );
    const { decisions, actions } = await stand.announced(incident_id);
    expect(decisions).toEqual([
      expect.objectContaining({ decision: expect.objectContaining({ action: 'auto_resolve' }) }),
    ]);
    expect(actions).toEqual([]);
    expect(n8n.calls).toHaveLength(1);
  });

  it('can be asked for by hand, with the evidence that was asked for', async () => {
    const { alert, incident_id } = await stand.open();
    await stand.processing(incident_id);
    const wish = {
      alert,
      incident_id,
      cluster_id: 'c',
      cluster_name: 'p',
      context: { related_metrics: false },
      actor: OPERATOR,
    };
    const { analysis_id } = await stand.gateway.request(startAnalysis, wish);
    await pollUntil(() => n8n.keys.includes(analysis_id), { what: 'the call' });
    const call = n8n.starts.find(({ headers }) => headers['idempotency-key'] === analysis_id);
    expect(call?.body).toMatchObject({
      analysis_request: { include_historical: true, include_related_metrics: false },
    });
  });
});
