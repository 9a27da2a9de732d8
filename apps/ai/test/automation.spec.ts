import { createHmac } from 'node:crypto';
import {
  actionChanged,
  createSilence,
  expireSilence,
  getKillSwitches,
  listActions,
  listCatalogue,
  serviceOperations,
  setKillSwitch,
  settleAction,
  type ActionView,
  type CreateSilence,
  type ExpireSilence,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { assertNoDrift } from '@alertagent/service-kit';
import { answers, fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import { DataSource, IsNull, Not } from 'typeorm';
import { knownIncidentEntity } from '../src/incidents/known-incident.entity';
import { APPROVER, Automation, REQUESTER, startActionTarget, type ActionTarget } from './automation-stand';
import { Stand } from './stand';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';

const SIGNING_KEY = 'k'.repeat(32);
const HOUR_MS = 3_600_000;

describe.each(['sqlite', 'mariadb'] as const)('an action, on %s', (database) => {
  let stand: Stand;
  let actions: Automation;
  let n8n: N8nStub;
  let target: ActionTarget;
  let clusters: FakePeer;
  const silences: CreateSilence[] = [];
  const expired: ExpireSilence[] = [];

  beforeAll(async () => {
    stand = await Stand.start(database);
    actions = new Automation(stand);
    n8n = await startN8nStub({ workflows: ['alert-analysis', 'automation-action'] });
    target = await startActionTarget();
    clusters = await fakePeer({
      natsUrl: stand.natsUrl,
      service: 'clusters',
      answers: [
        answers(createSilence, (query) => {
          silences.push(query);
          return { cluster_id: 'c', id: 'silence-1', changed: true, meshes: [], unanswered: [] };
        }),
        answers(expireSilence, (query) => {
          expired.push(query);
          return { cluster_id: 'c', id: query.silence_id, changed: true, meshes: [], unanswered: [] };
        }),
      ],
    });
    await start();
  }, 120_000);

  afterAll(async () => {
    await stand.stop();
    await clusters.close();
    await n8n.close();
    await target.close();
  });

  // Caps count the last hour.
  beforeEach(() => stand.clock.advance(2 * HOUR_MS));

  afterEach(() => {
    n8n.mode = 'ok';
    target.status = 200;
  });

  const http = (changes: object = {}) => ({
    id: 'clear_cache',
    description: 'Clears a cache.',
    executor: 'http' as const,
    address: `${target.url}/clear`,
    signing_key: SIGNING_KEY,
    parameters: [{ name: 'scope', type: 'string', description: '', required: true, one_of: ['all', 'old'] }],
    needs_service: false,
    clusters: ['production'],
    namespaces: ['*'],
    post_check: 'alert_cleared',
    post_check_within: 600_000,
    can_undo: true,
    max_per_hour: 1_000,
    max_concurrent: 100,
    max_targets_per_hour: 100,
    timeout: 10_000,
    allows_autonomy: false,
    is_idempotent: false,
    ...changes,
  });
  const start = async (changes: object = {}): Promise<void> => {
    const catalogue = [
      http(changes),
      http({ id: 'capped', max_per_hour: 2, max_concurrent: 2, max_targets_per_hour: 1 }),
    ];
    await stand.startReplica({
      n8n: { webhook_base_url: n8n.webhookBase },
      ai: { automation: { catalogue: catalogue as never } },
    });
  };
  const clear = (changes: object = {}): Promise<ActionView> =>
    actions.request({ action_type: 'clear_cache', parameters: { scope: 'all' }, ...changes });
  const refused = (promise: Promise<unknown>, code: string, detail: string) =>
    expect(promise).rejects.toMatchObject({ code, errors: [expect.objectContaining({ code: detail })] });
  const effectsOf = ({ id }: ActionView): number =>
    [...n8n.starts, ...target.effects].filter(({ headers }) => headers['idempotency-key']?.startsWith(id)).length;

  it('has tables that are exactly those of the migrations', async () => {
    await expect(assertNoDrift(stand.replicas[0]!.get(DataSource))).resolves.toBeUndefined();
  });

  it('is listed with what it takes, and what is not listed is refused with a pointer', async () => {
    const { items } = await stand.gateway.request(listCatalogue, {});
    expect(items.map(({ id }) => id)).toEqual([
      'restart_service',
      'scale_service',
      'silence_alert',
      'suppress_alert',
      'clear_cache',
      'capped',
    ]);
    expect(items.at(-1)).toMatchObject({ available: true, stopped: false, caps: { max_per_hour: 2 } });
    expect(JSON.stringify(items)).not.toContain(SIGNING_KEY);
    await expect(actions.request({ action_type: 'delete_namespace' })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/action_type', code: 'unknown' }],
    });
    await expect(clear({ parameters: { scope: 'everything' } })).rejects.toMatchObject({
      errors: [{ pointer: '/parameters/scope', code: 'not_one_of' }],
    });
    await expect(clear({ target: { cluster: 'other' } })).rejects.toMatchObject({
      errors: [{ pointer: '/target/cluster', code: 'not_allowed' }],
    });
  });

  it('is a plan until a second person approves it, and then runs once', async () => {
    const view = await actions.request({ parameters: { wait_time: '1m' } });
    expect(view).toMatchObject({
      execution_status: 'pending_approval',
      dry_run: true,
      parameters: { graceful_shutdown: true, wait_time: '1m' },
      plan: { summary: expect.stringContaining('web-app') as string, executor: 'n8n' },
    });
    await refused(actions.decide(view.id, 'approve', { actor: REQUESTER }), 'forbidden', 'same_person');
    const twin = { ...REQUESTER, id: 'another token of hers' };
    await refused(actions.decide(view.id, 'approve', { actor: twin }), 'forbidden', 'same_person');
    await refused(actions.decide(view.id, 'approve', { approval_hash: '0'.repeat(64) }), 'conflict', 'changed');
    expect(effectsOf(view)).toBe(0);

    await actions.decide(view.id, 'approve', { approval_hash: view.approval_hash });
    const done = await actions.reached(view.id, 'succeeded');
    expect(done).toMatchObject({ dry_run: false, approved_by: 'anton', error_message: null });
    expect(done.steps.map(({ status }) => status)).toEqual(['pending_approval', 'approved', 'executing', 'succeeded']);
    expect(n8n.starts.find(({ headers }) => headers['idempotency-key'] === view.id)).toMatchObject({
      path: '/webhook/automation-action',
      headers: { 'idempotency-key': view.id },
      body: {
        operation: 'execute',
        action_type: 'restart_service',
        target: { cluster: 'production', namespace: 'default', service: 'web-app' },
        parameters: { graceful_shutdown: true, wait_time: '1m' },
      },
    });
    // A double click of the same person; somebody else comes too late.
    expect((await actions.decide(view.id, 'approve')).execution_status).toBe('succeeded');
    await refused(
      actions.decide(view.id, 'approve', { actor: { ...APPROVER, id: 'third', name: 'theo' } }),
      'conflict',
      'wrong_state',
    );
    expect(effectsOf(view)).toBe(1);

    const audited = (await stand.gateway.request(serviceOperations.ai.listAudit, { limit: 500 })).items;
    const steps = audited.filter(({ resource_id }) => resource_id === view.id).map(({ action }) => action);
    expect(new Set(steps)).toEqual(
      new Set(['action.requested', 'action.approved', 'action.executing', 'action.succeeded']),
    );
    await pollUntil(
      async () =>
        (await stand.gateway.events(actionChanged)).filter(({ action_id }) => action_id === view.id).length === 3,
      { what: 'each step to be announced' },
    );
  });

  it('with another parameter is another request', async () => {
    const alert_id = 'one-alert';
    const first = await clear({ alert_id });
    const again = await clear({ alert_id });
    const other = await clear({ alert_id, parameters: { scope: 'old' } });
    expect(again.id).toBe(first.id);
    expect(other.id).not.toBe(first.id);
    expect(other.approval_hash).not.toBe(first.approval_hash);
    const { items } = await stand.gateway.request(listActions, { alert_id, execution_status: 'pending_approval' });
    expect(items.map(({ id }) => id)).toEqual([other.id, first.id]);
  });

  it('that was asked for as a dry run ends with its plan', async () => {
    const view = await clear({ dry_run: true });
    expect(view).toMatchObject({ execution_status: 'planned', dry_run: true });
    await refused(actions.decide(view.id, 'approve'), 'conflict', 'dry_run');
    expect(effectsOf(view)).toBe(0);
  });

  it('that 50 people approve at once runs once', async () => {
    const view = await clear({ dry_run: false });
    const verdicts = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) =>
        actions.decide(view.id, 'approve', { actor: { kind: 'token', id: `p${index}`, name: `person ${index}` } }),
      ),
    );
    expect(verdicts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await actions.reached(view.id, 'succeeded');
    expect(effectsOf(view)).toBe(1);
  });

  it('that nobody approves in time never runs', async () => {
    const view = await clear({ dry_run: false });
    stand.clock.advance(1_800_000);
    const late = await Promise.allSettled(Array.from({ length: 10 }, () => actions.decide(view.id, 'approve')));
    expect(late.every(({ status }) => status === 'rejected')).toBe(true);
    await actions.reached(view.id, 'expired');
    expect(effectsOf(view)).toBe(0);
  });

  it('that was rejected or withdrawn cannot be approved any more', async () => {
    const rejected = await clear();
    await actions.decide(rejected.id, 'reject', { comment: 'not now' });
    expect(await actions.get(rejected.id)).toMatchObject({ execution_status: 'rejected', reason: 'anton: not now' });
    const cancelled = await clear();
    await actions.decide(cancelled.id, 'cancel', { actor: REQUESTER });
    for (const { id } of [rejected, cancelled])
      await refused(
        actions.decide(id, 'approve', { actor: { ...APPROVER, id: 'x', name: 'x' } }),
        'conflict',
        'wrong_state',
      );
    await refused(actions.decide(rejected.id, 'undo'), 'conflict', 'wrong_state');
  });

  it('is signed, and counts as checked once its incident is resolved', async () => {
    const incident = await stand.open();
    const view = await clear({ incident_id: incident.incident_id });
    await actions.decide(view.id, 'approve');
    await actions.reached(view.id, 'succeeded');
    const call = target.effects.find(({ headers }) => headers['idempotency-key'] === view.id)!;
    const timestamp = call.headers['x-alertagent-timestamp'];
    const mac = createHmac('sha256', SIGNING_KEY)
      .update(`${timestamp}.${JSON.stringify(call.body)}`)
      .digest('hex');
    expect(call.headers['x-alertagent-signature']).toBe(`v1=${mac}`);
    await actions.resolve(incident);
    await stand.passTimeUntil('the check', async () => (await actions.get(view.id)).execution_status === 'checked');
    expect(await actions.escalationsOf(view)).toEqual([]);
  });

  it('that does not help is taken back, and people are called', async () => {
    const incident = await stand.open();
    const view = await clear({ incident_id: incident.incident_id });
    await actions.decide(view.id, 'approve');
    await actions.reached(view.id, 'succeeded');
    stand.clock.advance(601_000);
    await actions.reached(view.id, 'undone');
    const calls = target.effects.filter(({ headers }) => headers['idempotency-key']?.startsWith(view.id));
    expect(calls.map(({ body }) => (body as { operation: string }).operation)).toEqual(['execute', 'undo']);
    expect(await actions.escalationsOf(view)).toEqual(['action_undoing']);
  });

  it('that does not help and cannot be taken back calls people', async () => {
    const incident = await stand.open();
    const view = await actions.request({ incident_id: incident.incident_id });
    await actions.decide(view.id, 'approve');
    await actions.reached(view.id, 'succeeded');
    stand.clock.advance(901_000);
    await actions.reached(view.id, 'check_failed');
    expect(await actions.escalationsOf(view)).toEqual(['action_check_failed']);
    await refused(actions.decide(view.id, 'undo'), 'conflict', 'no_undo');
  });

  it('is not begun for an incident that was resolved meanwhile', async () => {
    const incident = await stand.open();
    const view = await clear({ incident_id: incident.incident_id });
    await actions.resolve(incident);
    const { manager } = stand.replicas[0]!.get(DataSource);
    const resolved = { id: incident.incident_id, resolvedAt: Not(IsNull()) };
    await pollUntil(() => manager.existsBy(knownIncidentEntity, resolved), { what: 'the news' });
    await actions.decide(view.id, 'approve');
    expect(await actions.reached(view.id, 'cancelled')).toMatchObject({ reason: 'the incident is resolved already' });
    expect(effectsOf(view)).toBe(0);
  });

  it.each(['500', 'reset'] as const)(
    'that may have had its effect (n8n: %s) is shown so, raised, and never repeated',
    async (mode) => {
      n8n.mode = mode;
      const view = await actions.request();
      await actions.decide(view.id, 'approve');
      expect(await actions.reached(view.id, 'unknown')).toMatchObject({ error_message: expect.any(String) as string });
      expect(await actions.escalationsOf(view)).toEqual(['action_unknown']);
      n8n.mode = 'ok';
      stand.clock.advance(HOUR_MS);
      const later = await clear();
      await actions.decide(later.id, 'approve');
      await actions.reached(later.id, 'succeeded');
      expect((await actions.get(view.id)).execution_status).toBe('unknown');
      expect(effectsOf(view)).toBe(1);
      await stand.gateway.request(settleAction, { id: view.id, outcome: 'failed', comment: 'looked', actor: APPROVER });
      expect(await actions.get(view.id)).toMatchObject({ execution_status: 'failed', reason: 'anton: looked' });
      await expect(
        stand.gateway.request(settleAction, { id: view.id, outcome: 'failed', comment: 'again', actor: APPROVER }),
      ).rejects.toMatchObject({ code: 'conflict' });
    },
  );

  it('that is refused by who should carry it out has failed, without effect', async () => {
    target.status = 422;
    const view = await clear();
    await actions.decide(view.id, 'approve');
    expect(await actions.reached(view.id, 'failed')).toMatchObject({ error_message: 'the answer was 422' });
    expect(await actions.escalationsOf(view)).toEqual(['action_failed']);
  });

  it('that silences makes one silence, which can be taken back', async () => {
    const view = await actions.request({
      action_type: 'silence_alert',
      parameters: { duration: '2h', comment: 'deploying' },
      alert_labels: { alertname: 'HighErrorRate', service: 'other' },
      target: { cluster: 'production', service: 'web' },
    });
    await actions.decide(view.id, 'approve');
    await actions.reached(view.id, 'succeeded');
    const made = silences.filter(({ idempotency_key }) => idempotency_key === view.id);
    expect(made).toEqual([
      expect.objectContaining({
        id: 'production',
        silence: expect.objectContaining({
          matchers: [
            { name: 'alertname', value: 'HighErrorRate' },
            { name: 'service', value: 'web' },
          ],
          ends_at: new Date(stand.clock.now().getTime() + 2 * HOUR_MS).toISOString(),
        }) as unknown,
      }),
    ]);
    await actions.decide(view.id, 'undo');
    await actions.reached(view.id, 'undone');
    expect(expired.at(-1)).toMatchObject({ id: 'production', silence_id: 'silence-1' });
  });

  it('waits while a cap is reached, and expires when there is never room', async () => {
    const run = async (service: string): Promise<ActionView> => {
      const view = await clear({ action_type: 'capped', target: { cluster: 'production', service } });
      return actions.decide(view.id, 'approve');
    };
    const first = await run('a');
    await actions.reached(first.id, 'succeeded');
    // A second target within the hour is one too many.
    const elsewhere = await run('b');
    const third = await run('a');
    await actions.reached(third.id, 'succeeded');
    const fourth = await run('a');
    await pollUntil(async () => (await actions.get(fourth.id)).reason?.includes('rate_cap'), { what: 'the rate cap' });
    expect(await actions.get(elsewhere.id)).toMatchObject({
      reason: expect.stringMatching(/rate_cap|blast_radius/) as string,
    });
    stand.clock.advance(601_000);
    await actions.reached(elsewhere.id, 'expired');
    await actions.reached(fourth.id, 'expired');
    expect(effectsOf(elsewhere) + effectsOf(fourth)).toBe(0);
  });

  it('is stopped by the kill switch before it begins, and not brought back by its release', async () => {
    const set = (engaged: boolean, action_type?: string) =>
      stand.gateway.request(setKillSwitch, { engaged, action_type, reason: 'drill', actor: APPROVER });
    // Capped actions wait, so that there is something that has not begun.
    const run = async (service: string): Promise<ActionView> => {
      const view = await clear({ action_type: 'capped', target: { cluster: 'production', service } });
      return actions.decide(view.id, 'approve');
    };
    await actions.reached((await run('a')).id, 'succeeded');
    const waiting = await run('b');
    const pending = await clear();
    expect(await set(true)).toMatchObject({ engaged: true });
    expect(await actions.get(waiting.id)).toMatchObject({
      execution_status: 'cancelled',
      reason: 'stopped by the kill switch',
    });
    await refused(actions.decide(pending.id, 'approve'), 'conflict', 'kill_switch');
    await set(false);
    await set(true, 'capped');
    await actions.decide(pending.id, 'approve');
    await actions.reached(pending.id, 'succeeded');
    const stopped = await clear({ action_type: 'capped' });
    await refused(actions.decide(stopped.id, 'approve'), 'conflict', 'kill_switch');
    expect(await set(false, 'capped')).toMatchObject({ engaged: false });
    expect((await stand.gateway.request(getKillSwitches, {})).switches.map(({ action_type }) => action_type)).toEqual([
      '',
      'capped',
    ]);
    expect(effectsOf(waiting)).toBe(0);
  });

  it('loses its approval when the catalogue describes it differently', async () => {
    const view = await clear();
    await stand.stopReplicas();
    await start({ address: `${target.url}/elsewhere` });
    await refused(actions.decide(view.id, 'approve'), 'conflict', 'changed');
  });
});

it('a catalogue with faults is refused at the start, with every one of them', async () => {
  const stand = await Stand.start();
  const entry = {
    id: 'bad',
    description: 'x',
    executor: 'http',
    parameters: [],
    needs_service: false,
    clusters: ['a*b'],
    namespaces: [],
    post_check: 'none',
    post_check_within: 0,
    can_undo: false,
    max_per_hour: 1,
    max_concurrent: 1,
    max_targets_per_hour: 1,
    timeout: 1_000,
    allows_autonomy: true,
    is_idempotent: false,
  };
  await expect(stand.startReplica({ ai: { automation: { catalogue: [entry] as never } } })).rejects.toThrow(
    /3 problems.*\/0\/address.*\/0\/allows_autonomy.*\/0\/targets\/clusters\/0/s,
  );
  await stand.stop();
});
