import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decideAction,
  decisionMade,
  getAction,
  incidentOpened,
  listAnalyses,
  listEscalations,
  reportAnalysisStatus,
  requestAction,
  type ActionView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type GuardedProcess } from '@alertagent/local-stack';
import { fakePeer } from '@alertagent/service-kit/testing';
import { startActionTarget } from './automation-stand';
import { startServiceProcess } from './service-process';
import { completedReport, incident, WORKFLOW } from './stand';
import { startN8nStub } from '@alertagent/stubs';

describe('a service process that is killed between the effect of an action and its record', () => {
  const stack = sharedStack();
  const processes: GuardedProcess[] = [];

  afterAll(async () => {
    for (const each of processes) each.kill('SIGKILL');
    await Promise.all(processes.map((each) => each.exited));
    await stack.close();
  });

  it('leaves it unknown: shown, raised to people, and not done again', async () => {
    const { url: natsUrl } = await stack.startTestNats();
    const gateway = await fakePeer({ natsUrl, service: 'gateway' });
    const target = await startActionTarget();
    const dataDir = mkdtempSync(join(tmpdir(), 'alertagent-ai-crash-'));
    const entry = { id: 'reboot', description: 'Reboots.', executor: 'http', address: target.url, timeout: '1s' };
    const catalogue = [{ ...entry, clusters: ['*'], namespaces: ['*'] }];
    const settings = { ai: { automation: { catalogue } } };
    const start = async (failpoint?: string): Promise<GuardedProcess> => {
      const started = await startServiceProcess({ dataDir, natsUrl, settings, failpoint });
      processes.push(started);
      return started;
    };

    const first = await start('after_effect:kill');
    const ask = (): Promise<ActionView> =>
      gateway.request(requestAction, {
        action_type: 'reboot',
        alert_id: 'alert-1',
        target: { cluster: 'production' },
        actor: { kind: 'token', id: 'r', name: 'rita' },
      });
    const { id } = await pollUntil(() => ask().catch(() => null), { what: 'the service', timeoutMs: 30_000 });
    await gateway.request(decideAction, { id, verdict: 'approve', actor: { kind: 'token', id: 'a', name: 'anton' } });
    await first.exited;
    expect(target.effects).toHaveLength(1);

    await start();
    const view = await pollUntil(
      async () => {
        const found = await gateway.request(getAction, { id }).catch(() => null);
        return found?.execution_status === 'unknown' ? found : null;
      },
      { what: 'the lease to end', timeoutMs: 40_000 },
    );
    expect(view).toMatchObject({ dry_run: false, reason: expect.stringContaining('nobody can tell') as string });
    const { items } = await gateway.request(listEscalations, { alert_id: 'alert-1' });
    expect(items).toMatchObject([{ escalation_type: 'action_unknown', requested_by: 'automation' }]);
    expect(target.effects).toHaveLength(1);
    await target.close();
    await gateway.close();
  }, 120_000);
});

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
