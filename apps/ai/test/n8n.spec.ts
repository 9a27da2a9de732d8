import { startAnalysis } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { decisionEntity } from '../src/decisions/decision.entity';
import { completedReport, OPERATOR, Stand, WORKFLOW } from './stand';
import { startN8nStub, type N8nMode, type N8nStub } from './stubs';

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

  const decisionsOf = (incidentId: string): Promise<number> =>
    stand.replicas[0]!.get(DataSource).manager.countBy(decisionEntity, { incidentId });

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

  it('is decided on when the workflow calls back', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const view = await stand.report(analysis_id, completedReport({ analyst: 'root', recommended_team: 'web' }));
    expect(view).toMatchObject({
      status: 'completed',
      engine: 'n8n',
      result: { analyst: 'n8n' },
      decision: { action: 'smart_routing', target_team: 'web' },
    });
    expect((await stand.announced(incident_id)).completed.map(({ analysis }) => analysis)).toEqual([view]);
  });

  it('has one decision although the same callback comes twice, at once or later', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const [first, second] = await Promise.all([
      stand.report(analysis_id, completedReport()),
      stand.report(analysis_id, completedReport()),
    ]);
    expect(second).toEqual(first);
    expect(await stand.report(analysis_id, completedReport())).toEqual(first);
    expect(await decisionsOf(incident_id)).toBe(1);
  });

  it('does not change its mind: a different callback after the first is a conflict', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const first = await stand.report(analysis_id, completedReport());
    for (const later of [
      completedReport({ severity_score: 0.1 }),
      { status: 'failed' as const, error: 'x' },
      { status: 'processing' as const },
    ]) {
      await expect(stand.report(analysis_id, later)).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await stand.get(analysis_id)).toEqual(first);
  });

  it('may be called back about before we have noted that the workflow was started', async () => {
    n8n.mode = 'slow';
    const { incident_id } = await stand.open();
    await pollUntil(() => n8n.starts.length === 1, { what: 'the call' });
    const [{ analysis_id, status } = { analysis_id: '', status: '' }] = await stand.ofIncident(incident_id);
    expect(status).toBe('pending');
    expect(await stand.report(analysis_id, { status: 'processing' })).toMatchObject({ status: 'processing' });
    const over = await stand.report(analysis_id, completedReport());
    n8n.mode = 'ok';
    n8n.release();
    const { incident_id: marker } = await stand.open();
    await stand.processing(marker);
    expect(await stand.get(analysis_id)).toEqual(over);
  });

  it('goes to people when the workflow reports a failure', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const view = await stand.report(analysis_id, { status: 'failed', error: 'node Dify Analysis failed' });
    expect(view).toMatchObject({
      status: 'failed',
      error: 'node Dify Analysis failed',
      decision: { action: 'immediate_escalation' },
    });
    expect(await stand.escalations(incident_id)).toHaveLength(1);
  });

  it('refuses callbacks that make no sense', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    await expect(stand.report(analysis_id, { status: 'completed' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/result' }],
    });
    await expect(stand.report(analysis_id, completedReport({ severity_score: 7 }))).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(stand.report('01930000-0000-7000-8000-00000000dead', completedReport())).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is analysed by the built-in workflow when n8n never calls back, and the late callback is a conflict', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    stand.clock.advance(CALLBACK_TIMEOUT + 1);
    const over = await stand.over(incident_id);
    expect(over).toMatchObject({
      analysis_id,
      status: 'completed',
      engine: 'built-in',
      fallback_reason: expect.stringContaining('did not call back within 600 s'),
    });
    await expect(stand.report(analysis_id, completedReport())).rejects.toMatchObject({ code: 'conflict' });
    expect(await decisionsOf(incident_id)).toBe(1);
    expect(n8n.starts).toHaveLength(1);
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

  it('is not taken by a callback about an analysis that no workflow was asked for', async () => {
    await stand.stopReplicas();
    await stand.startReplica();
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.over(incident_id);
    await expect(stand.report(analysis_id, completedReport(), WORKFLOW)).rejects.toMatchObject({ code: 'conflict' });
  });
});
