import { pollUntil } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { decisionEntity } from '../src/decisions/decision.entity';
import { completedReport, Stand } from './stand';
import { startDifyStub, startN8nStub, type DifyStub, type N8nStub } from '@alertagent/stubs';

const N8N_TIMEOUT = 60_000;

/** A worker that dies or hangs in the middle of a call is, for the others, one whose lease ends. */
describe.each(['sqlite', 'mariadb'] as const)(
  'an analysis whose worker was lost in the middle of a call, on %s',
  (database) => {
    let stand: Stand;
    let n8n: N8nStub;
    let dify: DifyStub;

    beforeAll(async () => {
      stand = await Stand.start(database);
    }, 120_000);

    afterAll(() => stand.stop());

    beforeEach(async () => {
      n8n = await startN8nStub();
      dify = await startDifyStub();
    });

    afterEach(async () => {
      await n8n.close();
      await dify.close();
      await stand.stopReplicas();
    });

    const decisionsOf = (incidentId: string): Promise<number> =>
      stand.replicas[0]!.get(DataSource).manager.countBy(decisionEntity, { incidentId });

    it('is called again by another with the same key, and the lost one changes nothing when it wakes up', async () => {
      const config = { n8n: { webhook_base_url: n8n.webhookBase, timeout: N8N_TIMEOUT } };
      await stand.startReplica(config);
      n8n.mode = 'slow';
      const { incident_id } = await stand.open();
      await pollUntil(() => n8n.starts.length === 1, { what: 'the first call' });

      n8n.mode = 'ok';
      await stand.startReplica(config);
      stand.clock.advance(N8N_TIMEOUT + 10_000);
      const { analysis_id } = await stand.processing(incident_id);
      expect(n8n.keys).toEqual([analysis_id, analysis_id]);

      const over = await stand.report(analysis_id, completedReport());
      n8n.release();
      await stand.stopReplicas();
      await stand.startReplica(config);
      expect(await stand.get(analysis_id)).toEqual(over);
      expect(await decisionsOf(incident_id)).toBe(1);
      expect((await stand.announced(incident_id)).decisions).toHaveLength(1);
    });

    it('is decided on once when both workers end it', async () => {
      const config = { dify: { endpoint: dify.url, api_key: dify.key, timeout: 20_000 } };
      await stand.startReplica(config);
      dify.mode = 'slow';
      const { incident_id } = await stand.open();
      await pollUntil(() => dify.questions.length === 1, { what: 'the first question' });

      dify.mode = 'ok';
      await stand.startReplica(config);
      stand.clock.advance(60_000);
      const over = await stand.over(incident_id);

      dify.release();
      await stand.stopReplicas();
      await stand.startReplica(config);
      // What the lost call took is written down when it ends.
      expect(await stand.get(over.analysis_id)).toEqual({ ...over, usage: expect.anything() as unknown });
      expect(await decisionsOf(incident_id)).toBe(1);
    });

    it('goes to people when it is lost again and again', async () => {
      const config = { dify: { endpoint: dify.url, api_key: dify.key, timeout: 1_200_000 } };
      dify.mode = 'slow';
      await stand.startReplica(config);
      const { incident_id } = await stand.open();
      for (let loss = 1; loss <= 4; loss++) {
        await pollUntil(() => dify.questions.length === loss, { what: `question ${loss}` });
        stand.clock.advance(1_300_000);
      }
      // Every lost call still holds a place in the first replica.
      await stand.startReplica(config);
      const over = await stand.over(incident_id);
      expect(over).toMatchObject({
        status: 'failed',
        error: expect.stringContaining('interrupted 4 times'),
        decision: { action: 'immediate_escalation' },
      });
      dify.release();
      await stand.stopReplicas();
      await stand.startReplica();
      expect(await stand.get(over.analysis_id)).toEqual({ ...over, usage: expect.anything() as unknown });
    });
  },
);

describe('an analysis that is in hand when the service is told to stop', () => {
  it('is given back and taken up by the next process, without counting as a failure', async () => {
    const stand = await Stand.start();
    const n8n = await startN8nStub();
    n8n.mode = 'slow';
    const config = { n8n: { webhook_base_url: n8n.webhookBase, timeout: N8N_TIMEOUT } };
    await stand.startReplica(config);
    const { incident_id } = await stand.open();
    await pollUntil(() => n8n.starts.length === 1, { what: 'the call' });
    await stand.stopReplicas();

    n8n.mode = 'ok';
    await stand.startReplica(config);
    const view = await stand.processing(incident_id);
    expect(view.error).toBeNull();
    expect(n8n.keys).toEqual([view.analysis_id, view.analysis_id]);
    await stand.stop();
    await n8n.close();
  });
});
