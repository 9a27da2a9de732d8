import { randomUUID } from 'node:crypto';
import { getModelBudget, incidentResolved, listDeadLetters, type IncidentEvent } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import type { TestService } from '@alertagent/service-kit/testing';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';
import { DataSource } from 'typeorm';
import { ModelBudget, type CallWish } from '../src/budget/model-budget';
import { modelCallEntity } from '../src/budget/model-call.entity';
import { letterOf } from '../src/dead-letters/dead-letter';
import { deadLetterEntity } from '../src/dead-letters/dead-letter.entity';
import { KnownIncidentsStore } from '../src/incidents/known-incidents.store';
import { RetentionWorker } from '../src/retention/retention-worker';
import { Stand } from './stand';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 30 * DAY_MS;

describe.each(['sqlite', 'mariadb'] as const)('retention of what nobody needs, on %s,', (database) => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeAll(async () => {
    stand = await Stand.start(database);
    n8n = await startN8nStub({ workflows: ['alert-analysis'] });
    n8n.mode = '500';
  }, 120_000);
  afterAll(async () => {
    await stand.stop();
    await n8n.close();
  });
  afterEach(() => stand.stopReplicas());

  const start = (fall_back: boolean): Promise<TestService> =>
    stand.startReplica({
      n8n: { webhook_base_url: n8n.webhookBase, fall_back },
      ai: { retention: { dead_letters: KEPT_MS, model_calls: KEPT_MS }, budget: { incident: { tokens: 5_000 } } },
    });

  const letters = async () => (await stand.gateway.request(listDeadLetters, { limit: 500 })).items;

  /** An incident whose workflow could not be started, and whose analysis is over. */
  const died = async (): Promise<IncidentEvent> => {
    const event = await stand.open();
    const isOver = async () => Boolean((await stand.ofIncident(event.incident_id))[0]?.completed_at);
    await stand.passTimeUntil('the end without the workflow', isOver);
    return event;
  };

  const resolve = (event: IncidentEvent) =>
    stand.gateway.publish(incidentResolved, {
      ...event,
      status: 'resolved',
      resolved_at: stand.clock.now().toISOString(),
    });

  const wish = (incidentId: string | null): CallWish => ({
    analysisId: randomUUID(),
    incidentId,
    isP1: false,
    provider: 'openai',
    app: 'm',
    price: { input: 0, output: 0 },
    inputTokens: 1_000,
    timeoutMs: 60_000,
  });

  /** A call that took 2,000 tokens. */
  const called = async (replica: TestService, incidentId: string | null): Promise<void> => {
    const budget = replica.get(ModelBudget);
    const allowance = await budget.reserve(wish(incidentId));
    if (!('call' in allowance)) throw new Error(allowance.refusal);
    const usage = { inputTokens: 1_000, outputTokens: 1_000, costMicros: 0, isEstimated: false };
    await budget.settle(allowance.call, { outcome: 'answered', reason: null, usage, ms: 10, messageId: null });
  };

  it('deletes dead letters when they are old, batch by batch, but none that waits for a replay', async () => {
    await start(false);
    const waiting = await died();
    await stand.stopReplicas();
    const replica = await start(true);
    const answered = await died();
    const { manager } = replica.get(DataSource);
    const letter = (now: Date) =>
      letterOf(
        { id: randomUUID(), incidentId: null, alertId: 'a', workflow: 'w', attempts: 1, error: null },
        { kind: 'stale', reason: 'its analysis is gone', now },
      );
    for (const old of Array.from({ length: 450 }, () => letter(stand.clock.now())))
      await manager.insert(deadLetterEntity, old);
    stand.clock.advance(KEPT_MS - DAY_MS);
    expect(await replica.get(RetentionWorker).run()).toMatchObject({ dead_letters: 0 });
    const young = letter(stand.clock.now());
    await manager.insert(deadLetterEntity, young);

    stand.clock.advance(2 * DAY_MS);
    const counted = 'alertagent_ai_retention_removed_total{kind="dead_letters"}';
    const before = await stand.metric(counted);
    expect(await replica.get(RetentionWorker).run()).toMatchObject({ dead_letters: 451 });
    expect((await stand.metric(counted)) - before).toBe(451);

    const left = await letters();
    expect(left.map(({ id }) => id)).toContain(young.id);
    const ofIncidents = left.map(({ incident_id }) => incident_id);
    expect(ofIncidents).toContain(waiting.incident_id);
    expect(ofIncidents).not.toContain(answered.incident_id);
    expect(left.find(({ incident_id }) => incident_id === waiting.incident_id)).toMatchObject({
      kind: 'not_started',
      analysis_status: 'failed',
      replayable: true,
    });
  });

  it('tells at its start how many wait for a replay for longer than that', async () => {
    await start(true);
    await pollUntil(async () => (await stand.metric('alertagent_ai_dead_letters_overdue')) === 1, {
      what: 'the gauge',
    });
  });

  it('deletes calls of models when they are old, but none that a budget counts', async () => {
    const replica = await start(true);
    const { manager } = replica.get(DataSource);
    const [lasting, over] = [await died(), await died()];
    for (const incident of [lasting.incident_id, over.incident_id, null]) await called(replica, incident);
    await resolve(over);
    const incidents = replica.get(KnownIncidentsStore);
    await pollUntil(() => incidents.isResolved(manager, over.incident_id), { what: 'the incident to be over' });

    stand.clock.advance(KEPT_MS + 2 * DAY_MS);
    await called(replica, null);
    const today = await stand.gateway.request(getModelBudget, {});
    expect(today.tokens.spent).toBe(2_000);
    expect(await replica.get(RetentionWorker).run()).toMatchObject({ model_calls: 2 });
    expect(await stand.gateway.request(getModelBudget, {})).toEqual(today);
    const left = await manager.find(modelCallEntity, { order: { createdAt: 'ASC' } });
    expect(left.map(({ scopeId, analysisId }) => scopeId === analysisId || scopeId === lasting.incident_id)).toEqual([
      true,
      true,
    ]);

    // 2,000 of its 5,000 tokens are spent since before the retention, so there is room for one more call of 3,000, and not for two.
    await called(replica, lasting.incident_id);
    expect(await replica.get(ModelBudget).reserve(wish(lasting.incident_id))).toMatchObject({
      refusal: expect.stringContaining('budget of the incident is spent'),
    });
  });
});
