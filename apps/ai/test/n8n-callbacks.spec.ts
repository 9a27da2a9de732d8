import { analysisCompleted, cancelAnalysis, serviceOperations } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { decisionEntity } from '../src/decisions/decision.entity';
import { completedReport, OPERATOR, Stand } from './stand';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';

const CALLBACK_TIMEOUT = 600_000;

describe('an incident whose workflow calls back', () => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeAll(async () => {
    stand = await Stand.start();
  }, 60_000);

  afterAll(() => stand.stop());

  beforeEach(async () => {
    n8n = await startN8nStub();
    await stand.startReplica({ n8n: { webhook_base_url: n8n.webhookBase, callback_timeout: CALLBACK_TIMEOUT } });
  });

  afterEach(async () => {
    await n8n.close();
    await stand.stopReplicas();
  });

  const decisionsOf = (incidentId: string): Promise<number> =>
    stand.replicas[0]!.get(DataSource).manager.countBy(decisionEntity, { incidentId });

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

  const cancel = (analysis_id: string, reason?: string) =>
    stand.gateway.request(cancelAnalysis, { analysis_id, reason, actor: OPERATOR });
  const audited = async (verb: string, id: string): Promise<unknown[]> => {
    const { items } = await stand.gateway.request(serviceOperations.ai.listAudit, { limit: 500 });
    return items.filter(({ action, resource_id }) => action === verb && resource_id === id);
  };

  it('can be cancelled, once, and is then neither decided on nor changed by the late callback, which is recorded', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const cancelled = await cancel(analysis_id, 'known maintenance');
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      error: 'by olga: known maintenance',
      estimated_completion: null,
      decision: null,
    });
    expect(await cancel(analysis_id, 'another reason')).toEqual(cancelled);
    await expect(stand.report(analysis_id, completedReport())).rejects.toMatchObject({ code: 'conflict' });
    stand.clock.advance(CALLBACK_TIMEOUT + 1);
    const { incident_id: marker } = await stand.open();
    await stand.processing(marker);
    expect(await stand.get(analysis_id)).toEqual(cancelled);
    expect(await decisionsOf(incident_id)).toBe(0);
    expect(await audited('analysis.cancelled', analysis_id)).toHaveLength(1);
    expect(await audited('analysis.report_refused', analysis_id)).toHaveLength(1);
    const told = await pollUntil(
      async () => {
        const about = (await stand.gateway.events(analysisCompleted)).filter(
          (event) => event.incident_id === incident_id,
        );
        return about.length > 0 ? about : null;
      },
      { what: 'the cancellation to be announced' },
    );
    expect(told.map(({ analysis }) => analysis)).toEqual([cancelled]);
  });

  it('stays cancelled although the call that starts its workflow succeeds later', async () => {
    n8n.mode = 'slow';
    const { incident_id } = await stand.open();
    await pollUntil(() => n8n.starts.length === 1, { what: 'the call' });
    const [{ analysis_id } = { analysis_id: '' }] = await stand.ofIncident(incident_id);
    const cancelled = await cancel(analysis_id);
    n8n.mode = 'ok';
    n8n.release();
    const { incident_id: marker } = await stand.open();
    await stand.processing(marker);
    expect(await stand.get(analysis_id)).toEqual(cancelled);
  });

  it('cannot be cancelled once it is over, nor when it does not exist', async () => {
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.processing(incident_id);
    const over = await stand.report(analysis_id, completedReport());
    await expect(cancel(analysis_id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await stand.get(analysis_id)).toEqual(over);
    await expect(cancel('01930000-0000-7000-8000-00000000dead')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not taken by a callback about an analysis that no workflow was asked for', async () => {
    await stand.stopReplicas();
    await stand.startReplica();
    const { incident_id } = await stand.open();
    const { analysis_id } = await stand.over(incident_id);
    await expect(stand.report(analysis_id, completedReport())).rejects.toMatchObject({ code: 'conflict' });
  });
});
