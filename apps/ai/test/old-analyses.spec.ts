import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { analysisEntity } from '../src/analyses/analysis.entity';
import type { Analysis } from '../src/analyses/analysis';
import { actionEntity } from '../src/automation/action.entity';
import { letterOf } from '../src/dead-letters/dead-letter';
import { deadLetterEntity } from '../src/dead-letters/dead-letter.entity';
import { decisionEntity } from '../src/decisions/decision.entity';
import { difyFeedbackEntity } from '../src/dify/dify-feedback';
import { feedbackEntity } from '../src/feedback/feedback.entity';
import { knownIncidentEntity } from '../src/incidents/known-incident.entity';
import { knowledgeDocumentEntity } from '../src/knowledge/knowledge-document.entity';
import { RetentionWorker } from '../src/retention/retention-worker';
import { suggestionEntity } from '../src/suggestions/suggestion.entity';
import { alert, Stand } from './stand';

const DAY_MS = 24 * 3_600_000;
const KEPT_MS = 100 * DAY_MS;

describe.each(['sqlite', 'mariadb'] as const)('retention of analyses and incidents, on %s,', (database) => {
  let stand: Stand;
  let manager: EntityManager;

  beforeAll(async () => {
    stand = await Stand.start(database);
    const replica = await stand.startReplica({
      ai: { retention: { analyses: KEPT_MS, known_incidents: KEPT_MS }, automation: { autonomy: { window: 10 } } },
    });
    manager = replica.get(DataSource).manager;
  }, 120_000);
  afterAll(() => stand.stop());
  afterEach(async () => {
    const tables = [analysisEntity, decisionEntity, feedbackEntity, difyFeedbackEntity, deadLetterEntity];
    const others = [suggestionEntity, actionEntity, knowledgeDocumentEntity, knownIncidentEntity];
    for (const { options } of [...tables, ...others]) await manager.query(`DELETE FROM ${options.name}`);
  });

  const ago = (days: number): Date => new Date(stand.clock.now().getTime() - days * DAY_MS);
  const OLD = 200;

  /** An incident that was over so many days ago; null for one that is open. */
  async function incident(overDaysAgo: number | null): Promise<string> {
    const id = randomUUID();
    const resolvedAt = overDaysAgo === null ? null : ago(overDaysAgo);
    const about = { clusterId: 'c', title: 't', alertName: 'a', severity: null, labels: {} };
    await manager.insert(knownIncidentEntity, { id, ...about, openedAt: ago(OLD + 1), resolvedAt });
    return id;
  }

  /** One that ended so long ago, with its decision. */
  async function analysis(incidentId: string | null, changes: Partial<Analysis> = {}): Promise<string> {
    const id = randomUUID();
    const [createdAt, completedAt] = [ago(OLD), ago(OLD)];
    await manager.insert(analysisEntity, {
      id,
      incidentId,
      triggerKey: id,
      alertId: 'a',
      clusterId: 'c',
      clusterName: 'production',
      alert: alert(),
      workflow: 'w',
      workflowReason: 'r',
      status: 'completed',
      attempts: 1,
      createdAt,
      completedAt,
      ...changes,
    });
    const decided = { action: 'manual_review', reason: 'r', priority: 'low', escalationRequired: false } as const;
    await manager.insert(decisionEntity, {
      id: randomUUID(),
      analysisId: id,
      incidentId,
      ...decided,
      policyVersion: 'v',
      inputs: {} as never,
      thresholds: {} as never,
      decidedAt: createdAt,
    });
    return id;
  }

  const opinion = (analysisId: string, daysAgo: number) =>
    manager.insert(feedbackEntity, {
      id: randomUUID(),
      analysisId,
      rating: 'up',
      personId: 'p',
      person: 'P',
      createdAt: ago(OLD),
      updatedAt: ago(daysAgo),
    });
  const note = (analysisId: string, dueAt: Date | null) =>
    manager.insert(difyFeedbackEntity, { analysisId, messageId: 'm', wanted: 1, told: 1, dueAt, failures: 0 });
  const outcome = (analysisId: string, daysAgo: number, rule = 'r') =>
    manager.insert(suggestionEntity, {
      id: randomUUID(),
      analysisId,
      alertId: 'a',
      rule,
      actionType: 'restart',
      outlook: 'asked',
      closedGates: [],
      reason: 'r',
      wasRight: true,
      shownBy: 'feedback',
      shownAt: ago(daysAgo),
      createdAt: ago(OLD),
    });
  const action = (incidentId: string, executionStatus: 'approved' | 'checked', dueAt: Date | null = null) =>
    manager.insert(actionEntity, {
      id: randomUUID(),
      requestKey: randomUUID(),
      actionType: 'restart',
      incidentId,
      executionStatus,
      dryRun: false,
      requestedBy: 'r',
      dueAt,
      createdAt: ago(OLD),
    });
  const lesson = (incidentId: string, { expires, deleted = false }: { expires: number; deleted?: boolean }) =>
    manager.insert(knowledgeDocumentEntity, {
      id: randomUUID(),
      sourceKey: `incident:${incidentId}`,
      kind: 'incident',
      title: 't',
      text: 't',
      clusters: [],
      alerts: [],
      expiresAt: ago(-expires),
      version: 1,
      createdAt: ago(OLD),
      updatedAt: ago(OLD),
      updatedBy: 'r',
      deletedAt: deleted ? ago(1) : null,
    });

  const retention = () => stand.replicas[0]!.get(RetentionWorker).run();
  const left = async () => ({
    analyses: (await manager.find(analysisEntity, { select: { id: true } })).map(({ id }) => id).sort(),
    incidents: (await manager.find(knownIncidentEntity, { select: { id: true } })).map(({ id }) => id).sort(),
    decisions: (await manager.find(decisionEntity)).map(({ analysisId }) => analysisId).sort(),
  });

  it('deletes what is old with all that hangs on it, batch by batch, and counts it', async () => {
    const counted = 'alertagent_ai_retention_removed_total{kind="analyses"}';
    const before = await stand.metric(counted);
    for (let each = 0; each < 230; each += 1) await analysis(await incident(OLD));
    const judged = await analysis(null);
    await opinion(judged, OLD - 1);
    await note(judged, null);
    await action(await incident(OLD), 'checked');
    await lesson(await incident(OLD), { expires: 10, deleted: true });
    await lesson(await incident(OLD), { expires: -1 });
    const young = await analysis(await incident(99), { completedAt: ago(99) });
    expect(await retention()).toMatchObject({ analyses: 231, decisions: 231, dify_feedback: 1, known_incidents: 233 });
    expect((await stand.metric(counted)) - before).toBe(231);
    expect(await left()).toMatchObject({ analyses: [young], decisions: [young], incidents: [expect.any(String)] });
    expect(await manager.countBy(feedbackEntity, {})).toBe(0);
    expect(await retention()).toMatchObject({ analyses: 0, known_incidents: 0 });
  });

  it.each<[string, () => Promise<void>]>([
    ['whose incident is open', async () => void (await analysis(await incident(null)))],
    ['whose incident was over lately', async () => void (await analysis(await incident(50)))],
    [
      'that is not over',
      async () => void (await analysis(await incident(OLD), { status: 'pending', completedAt: null })),
    ],
    [
      'that waits for a replay',
      async () => {
        const id = await analysis(await incident(OLD), { status: 'failed' });
        const run = { id, incidentId: null, alertId: 'a', workflow: 'w', attempts: 1, error: null };
        await manager.insert(deadLetterEntity, letterOf(run, { kind: 'not_started', reason: 'x', now: ago(OLD) }));
      },
    ],
    ['that was judged lately', async () => opinion(await analysis(await incident(OLD)), 5).then(() => undefined)],
    ['of which Dify is still to be told', async () => void (await note(await analysis(await incident(OLD)), ago(0)))],
    ['whose outcome counts for autonomy', async () => void (await outcome(await analysis(await incident(OLD)), OLD))],
    [
      'of whose incident an action waits',
      async () => {
        const id = await incident(OLD);
        await analysis(id);
        await action(id, 'approved');
      },
    ],
    [
      'of whose incident an action is due',
      async () => {
        const id = await incident(OLD);
        await analysis(id);
        await action(id, 'checked', ago(0));
      },
    ],
    [
      'that is the source of a lesson in force',
      async () => {
        const id = await incident(OLD);
        await analysis(id);
        await lesson(id, { expires: 10 });
      },
    ],
  ])('keeps one %s, and its incident and decision', async (_what, make) => {
    await make();
    expect(await retention()).toMatchObject({ analyses: 0, decisions: 0, known_incidents: 0 });
    const kept = await left();
    expect([kept.analyses.length, kept.incidents.length, kept.decisions.length]).toEqual([1, 1, 1]);
  });

  it('keeps an incident without analyses that is open, was over lately, or that an action or a lesson is about', async () => {
    await incident(null);
    await incident(99);
    await action(await incident(OLD), 'approved');
    await lesson(await incident(OLD), { expires: 10 });
    expect(await retention()).toMatchObject({ known_incidents: 0 });
  });

  it('deletes one whose outcome no longer counts, since there are enough that are newer', async () => {
    const first = await analysis(null);
    await outcome(first, OLD);
    for (let each = 0; each < 9; each += 1) await outcome(randomUUID(), each + 1);
    await outcome(randomUUID(), 1, 'of another rule');
    expect(await retention()).toMatchObject({ analyses: 0 });
    await outcome(randomUUID(), 1);
    expect(await retention()).toMatchObject({ analyses: 1 });
  });
});
