import {
  actionRequested,
  escalate,
  escalationRaised,
  getAction,
  listActions,
  listEscalations,
  requestAction,
  serviceOperations,
  type Escalate,
  type RequestAction,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { Stand, WORKFLOW } from './stand';

describe.each(['sqlite', 'mariadb'] as const)('requests of workflows, on %s', (database) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(database);
    await stand.startReplica();
  }, 120_000);

  afterAll(() => stand.stop());

  const action = (changes: Partial<RequestAction> = {}): RequestAction => ({
    action_type: 'restart_service',
    alert_id: 'alert-1',
    incident_id: 'incident-1',
    target: { cluster: 'production', namespace: 'default', service: 'web-app' },
    parameters: { graceful_shutdown: true, wait_time: '30s' },
    actor: WORKFLOW,
    ...changes,
  });
  const escalation = (changes: Partial<Escalate> = {}): Escalate => ({
    alert_id: 'alert-1',
    incident_id: 'incident-1',
    escalation_type: 'immediate_escalation',
    target_team: 'web',
    priority: 'high',
    analysis: { score: 1 },
    actor: WORKFLOW,
    ...changes,
  });
  const audited = async (verb: string, id: string) => {
    const { items } = await stand.gateway.request(serviceOperations.ai.listAudit, { limit: 500 });
    return items.filter((entry) => entry.action === verb && entry.resource_id === id);
  };

  it('for an action are taken down, wait for approval and execute nothing', async () => {
    const view = await stand.gateway.request(requestAction, action());
    expect(view).toMatchObject({
      action_type: 'restart_service',
      execution_status: 'pending_approval',
      dry_run: true,
      requested_by: WORKFLOW.name,
    });
    expect(await stand.gateway.request(getAction, { id: view.id })).toEqual(view);
    expect(view.plan?.summary).toContain('web-app');
    expect(await audited('action.requested', view.id)).toHaveLength(1);
    await pollUntil(
      async () => (await stand.gateway.events(actionRequested)).some(({ action_id }) => action_id === view.id),
      { what: 'the event' },
    );
  });

  it('for an action that come again within a minute are the same request, later a new one', async () => {
    const wish = action({ alert_id: 'alert-2' });
    const [first, second] = await Promise.all([
      stand.gateway.request(requestAction, wish),
      stand.gateway.request(requestAction, wish),
    ]);
    expect(second.id).toBe(first.id);
    stand.clock.advance(59_000);
    expect((await stand.gateway.request(requestAction, wish)).id).toBe(first.id);
    stand.clock.advance(2_000);
    expect((await stand.gateway.request(requestAction, wish)).id).not.toBe(first.id);
    const other = await stand.gateway.request(
      requestAction,
      action({ alert_id: 'alert-2', parameters: { wait_time: '1s' } }),
    );
    expect((await stand.gateway.request(listActions, { alert_id: 'alert-2' })).items).toHaveLength(3);
    expect((await stand.gateway.request(listActions, { alert_id: 'alert-2', limit: 1 })).items).toEqual([other]);
  });

  it('for people are stored, announced and audited, with the analysis kept beside them', async () => {
    const view = await stand.gateway.request(escalate, escalation());
    expect(view).toMatchObject({
      requested_by: WORKFLOW.name,
      escalation_type: 'immediate_escalation',
      analysis: { score: 1 },
    });
    expect((await stand.gateway.request(escalate, escalation())).id).toBe(view.id);
    expect((await stand.gateway.request(listEscalations, { incident_id: 'incident-1' })).items).toEqual([view]);
    expect(await audited('escalation.raised', view.id)).toHaveLength(1);
    await pollUntil(
      async () => (await stand.gateway.events(escalationRaised)).some(({ escalation_id }) => escalation_id === view.id),
      { what: 'the event' },
    );
  });

  it('with more free-form data than anybody can read are refused', async () => {
    const large = { text: 'x'.repeat(70_000) };
    await expect(stand.gateway.request(escalate, escalation({ analysis: large }))).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(stand.gateway.request(requestAction, action({ parameters: large }))).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  it('for what does not exist are answered so', async () => {
    await expect(stand.gateway.request(getAction, { id: 'nobody' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(stand.gateway.request(listActions, { cursor: 'x' })).rejects.toMatchObject({ code: 'invalid' });
  });
});
