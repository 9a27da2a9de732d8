import {
  deleteDeadLetter,
  deleteDeadLetters,
  incidentOpened,
  incidentResolved,
  listDeadLetters,
  replayDeadLetter,
  replayDeadLetters,
  serviceOperations,
  startAnalysis,
  type DeadLetterView,
  type IncidentEvent,
} from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';
import { DataSource } from 'typeorm';
import { decisionEntity } from '../src/decisions/decision.entity';
import { completedReport, incident, OPERATOR, Stand } from './stand';

const CALLBACK_TIMEOUT = 600_000;

describe.each(['sqlite', 'mariadb'] as const)('what a workflow never did, on %s,', (database) => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeAll(async () => {
    stand = await Stand.start(database);
  }, 120_000);

  afterAll(() => stand.stop());

  beforeEach(async () => {
    n8n = await startN8nStub({ workflows: ['alert-analysis', 'other'] });
    await stand.startReplica(config({ fall_back: false }));
  });

  afterEach(async () => {
    n8n.release();
    await n8n.close();
    await stand.stopReplicas();
  });

  const config = (changes: object = {}) => ({
    n8n: { webhook_base_url: n8n.webhookBase, callback_timeout: CALLBACK_TIMEOUT, ...changes },
  });

  const letters = async (filter: object = {}): Promise<DeadLetterView[]> =>
    (await stand.gateway.request(listDeadLetters, { limit: 500, ...filter })).items;

  const letterOf = async (incidentId: string): Promise<DeadLetterView | undefined> =>
    (await letters()).find(({ incident_id }) => incident_id === incidentId);

  const replay = (id: string) => stand.gateway.request(replayDeadLetter, { id, actor: OPERATOR });

  const open = async (changes: Partial<IncidentEvent> = {}): Promise<IncidentEvent> => {
    const event = { ...incident({}, stand.clock.now()), ...changes };
    await stand.gateway.publish(incidentOpened, event);
    return event;
  };

  const resolve = (event: IncidentEvent) =>
    stand.gateway.publish(incidentResolved, {
      ...event,
      status: 'resolved',
      resolved_at: stand.clock.now().toISOString(),
    });

  /** An incident whose workflow could not be started. */
  const died = async (changes: Partial<IncidentEvent> = {}): Promise<DeadLetterView> => {
    n8n.mode = '500';
    const { incident_id } = await open(changes);
    await stand.passTimeUntil('the last attempt', async () => Boolean(await letterOf(incident_id)));
    n8n.mode = 'ok';
    return (await letterOf(incident_id))!;
  };

  const audited = async (id: string): Promise<string[]> => {
    const { items } = await stand.gateway.request(serviceOperations.ai.listAudit, { limit: 500 });
    return items.filter(({ resource_id }) => resource_id === id).map(({ action, actor }) => `${action} ${actor.name}`);
  };

  it('is kept with its reason, and a replay is the same analysis with the same key, decided on anew', async () => {
    const letter = await died();
    expect(letter).toMatchObject({
      kind: 'not_started',
      workflow: 'alert-analysis',
      reason: 'n8n answered 500, after 4 attempts',
      last_error: 'n8n answered 500',
      attempts: 4,
      replays: 0,
      analysis_status: 'failed',
      replayable: true,
    });
    const { analysis_id, id } = letter;
    expect(await stand.get(analysis_id)).toMatchObject({ decision: { action: 'immediate_escalation' } });

    expect(await replay(id)).toEqual({ analysis_id, replays: 1 });
    await stand.processing(letter.incident_id!);
    expect(n8n.keys.filter((key) => key === analysis_id)).toHaveLength(5);
    const over = await stand.report(analysis_id, completedReport());
    expect(over).toMatchObject({ status: 'completed', decision: { action: 'smart_routing' }, error: null });
    expect(await letterOf(letter.incident_id!)).toBeUndefined();
    expect(await audited(analysis_id)).toContain('analysis.replayed olga');
    const decisions = stand.replicas[0]!.get(DataSource).manager;
    expect(await decisions.countBy(decisionEntity, { analysisId: analysis_id })).toBe(2);
    await expect(replay(id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('calls people again and leaves a new letter when the replay dies too', async () => {
    const letter = await died();
    n8n.mode = '500';
    await replay(letter.id);
    await stand.passTimeUntil('the second letter', async () => Boolean(await letterOf(letter.incident_id!)));
    expect(await letterOf(letter.incident_id!)).toMatchObject({
      analysis_id: letter.analysis_id,
      replays: 1,
      attempts: 4,
    });
    await pollUntil(async () => (await stand.escalations(letter.incident_id!)).length === 2, { what: 'the calls' });
  });

  it('is replayed once when two people do it at the same time', async () => {
    const { id, analysis_id } = await died();
    const outcomes = await Promise.allSettled([replay(id), replay(id), replay(id)]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await pollUntil(() => n8n.keys.filter((key) => key === analysis_id).length === 5, { what: 'the replay' });
    await stand.report(analysis_id, completedReport());
  });

  it('is kept when a run never calls back, but not replayed once another analyst came to a result', async () => {
    await stand.stopReplicas();
    await stand.startReplica(config());
    const { incident_id } = await open();
    await stand.processing(incident_id);
    stand.clock.advance(CALLBACK_TIMEOUT + 1_000);
    const over = await stand.over(incident_id);
    expect(over).toMatchObject({ status: 'completed', engine: 'built-in' });
    const letter = (await letterOf(incident_id))!;
    expect(letter).toMatchObject({
      kind: 'no_callback',
      reason: 'the workflow did not call back within 600 s',
      attempts: 2,
      analysis_status: 'completed',
      replayable: false,
    });
    await expect(replay(letter.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await stand.get(over.analysis_id)).toEqual(over);

    await stand.gateway.request(deleteDeadLetter, { id: letter.id, actor: OPERATOR });
    expect(await letterOf(incident_id)).toBeUndefined();
    expect(await audited(over.analysis_id)).toEqual(['dead_letter.deleted olga']);
    expect(await stand.get(over.analysis_id)).toEqual(over);
  });

  it('is listed by pages and kinds, and replayed all of a workflow and no other', async () => {
    const mine = [await died({ workflow: 'other' }), await died({ workflow: 'other' })];
    const another = await died();
    const page = await stand.gateway.request(listDeadLetters, { workflow: 'other', limit: 1 });
    expect(page.items).toEqual([mine[1]]);
    const rest = await stand.gateway.request(listDeadLetters, {
      workflow: 'other',
      limit: 1,
      cursor: page.next_cursor,
    });
    expect(rest.items).toEqual([mine[0]]);

    // The breaker leaves a workflow alone that failed so often; another process knows nothing of that.
    await stand.stopReplicas();
    await stand.startReplica(config({ fall_back: false }));
    const answer = await stand.gateway.request(replayDeadLetters, { workflow: 'other', actor: OPERATOR });
    expect(answer).toEqual({ replayed: 2, refused: 0, next_cursor: null });
    for (const { incident_id, analysis_id } of mine) {
      await stand.processing(incident_id!);
      await stand.report(analysis_id, completedReport());
    }
    expect(await letters({ workflow: 'other' })).toEqual([]);
    expect(await letterOf(another.incident_id!)).toEqual(another);

    const all = { workflow: 'alert-analysis', actor: OPERATOR };
    expect(await stand.gateway.request(deleteDeadLetters, { ...all, kind: 'stale' })).toEqual({ deleted: 0 });
    const { deleted } = await stand.gateway.request(deleteDeadLetters, all);
    expect(deleted).toBeGreaterThan(0);
    expect(await letters()).toEqual([]);
    expect(await audited('alert-analysis')).toContain('dead_letters.deleted olga');
    expect(await stand.get(another.analysis_id)).toMatchObject({ status: 'failed' });
  });

  it('is not done for an incident that is over: what waits for another attempt is dropped, with a record', async () => {
    n8n.mode = '500';
    const event = await open();
    await stand.analysis(event.incident_id, 'the failed attempt', ({ error }) => Boolean(error));
    const calls = n8n.starts.length;
    await resolve(event);
    const over = await stand.over(event.incident_id);
    expect(over).toMatchObject({
      status: 'cancelled',
      error: 'the incident was resolved before its analysis began',
      decision: null,
    });
    stand.clock.advance(60_000);
    expect(await letterOf(event.incident_id)).toMatchObject({ kind: 'stale', attempts: 1, replayable: true });
    expect(await letters({ kind: 'stale' })).not.toEqual([]);
    expect(n8n.starts).toHaveLength(calls);
    expect(await stand.metric('alertagent_ai_dead_letters_total{kind="stale"}')).toBe(1);
    expect(await stand.escalations(event.incident_id)).toEqual([]);
  });

  it('is not done either when the incident was over while an attempt was under way, or before it was heard of', async () => {
    n8n.mode = 'slow';
    const event = await open();
    await pollUntil(() => n8n.starts.length === 1, { what: 'the call' });
    await resolve(event);
    const early = incident({}, stand.clock.now());
    await resolve(early);
    await stand.gateway.publish(incidentOpened, early);
    expect(await stand.over(early.incident_id)).toMatchObject({ status: 'cancelled' });
    n8n.mode = '500';
    // A lost worker's call ends without a word; another one finds the incident over.
    stand.clock.advance(60_000);
    expect(await stand.over(event.incident_id)).toMatchObject({ status: 'cancelled' });
    expect(n8n.starts).toHaveLength(1);
  });

  it('is done all the same when a person asked for it, or has it replayed', async () => {
    n8n.mode = '500';
    const event = await open();
    await stand.analysis(event.incident_id, 'the failed attempt', ({ error }) => Boolean(error));
    const { alert, incident_id, cluster_id, cluster_name } = event;
    const wish = { alert, incident_id, cluster_id, cluster_name, actor: OPERATOR };
    await resolve(event);
    await stand.analysis(incident_id, 'the drop', ({ status }) => status === 'cancelled');
    const asked = await stand.gateway.request(startAnalysis, wish);
    n8n.mode = 'ok';
    await stand.passTimeUntil('the analysis that was asked for', async () => {
      return (await stand.get(asked.analysis_id)).status === 'processing';
    });
    const letter = (await letterOf(incident_id))!;
    await replay(letter.id);
    await pollUntil(async () => (await stand.get(letter.analysis_id)).status === 'processing', { what: 'the replay' });
    await stand.report(asked.analysis_id, completedReport());
    await stand.report(letter.analysis_id, completedReport());
  });
});
