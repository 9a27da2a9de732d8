import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionMade, incidentOpened, listAnalyses, reportAnalysisStatus } from '@alertagent/contracts';
import { pollUntil, sharedStack, type GuardedProcess } from '@alertagent/local-stack';
import { fakePeer } from '@alertagent/service-kit/testing';
import { startServiceProcess } from './service-process';
import { completedReport, incident, WORKFLOW } from './stand';
import { startN8nStub } from '@alertagent/stubs';

describe('a service process that is killed while it waits for n8n', () => {
  const stack = sharedStack();
  const processes: GuardedProcess[] = [];

  afterAll(async () => {
    for (const each of processes) each.kill('SIGKILL');
    await Promise.all(processes.map((each) => each.exited));
    await stack.close();
  });

  it('is succeeded by one that calls with the same key, and one decision is made', async () => {
    const { url: natsUrl } = await stack.startTestNats();
    const gateway = await fakePeer({ natsUrl, service: 'gateway' });
    const n8n = await startN8nStub();
    n8n.mode = 'slow';
    const dataDir = mkdtempSync(join(tmpdir(), 'alertagent-ai-crash-'));
    const settings = { n8n: { webhook_base_url: n8n.webhookBase, timeout: '2s' } };
    const start = async (): Promise<GuardedProcess> => {
      const started = await startServiceProcess({ dataDir, natsUrl, settings });
      processes.push(started);
      return started;
    };

    const first = await start();
    const event = incident({}, new Date());
    await gateway.publish(incidentOpened, event);
    await pollUntil(() => n8n.starts.length > 0, { what: 'the first call', timeoutMs: 30_000 });
    first.kill('SIGKILL');
    await first.exited;

    n8n.mode = 'ok';
    await start();
    const [analysis] = await pollUntil(
      async () => {
        const { items } = await gateway.request(listAnalyses, { incident_id: event.incident_id });
        return items[0]?.status === 'processing' ? items : null;
      },
      { what: 'the second process to start the workflow', timeoutMs: 40_000 },
    );
    const analysis_id = analysis?.analysis_id ?? '';
    expect([...new Set(n8n.keys)]).toEqual([analysis_id]);
    expect(n8n.keys.length).toBeGreaterThan(1);

    await gateway.request(reportAnalysisStatus, { ...completedReport(), analysis_id, actor: WORKFLOW });
    await pollUntil(async () => (await gateway.events(decisionMade)).length > 0, { what: 'the decision' });
    expect(await gateway.events(decisionMade)).toHaveLength(1);
    await n8n.close();
    await gateway.close();
  }, 120_000);
});
