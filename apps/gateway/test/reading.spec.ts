import {
  alertSuppressed,
  analysisCompleted,
  clusterChanged,
  clusterRegistered,
  decisionMade,
  escalationRaised,
  type AnalysisView,
  type DecisionView,
} from '@alertagent/contracts';
import { fakePeer, type FakePeer } from '@alertagent/service-kit/testing';
import { pollUntil } from '@alertagent/local-stack';
import type { AlertPage } from '../src/alerts/alert.dto';
import type { QuarantinePage, ReplayedAlert } from '../src/ledger/quarantine.dto';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

describe.each(DATABASES)('reading the alert path on %s', (kind) => {
  let stand: AlertStand;
  let ai: FakePeer;
  beforeAll(async () => {
    const rules = [{ name: 'maintenance', condition: "labels.maintenance == 'true'", duration: 365 * 86_400_000 }];
    stand = await AlertStand.start(kind, { gateway: { suppression: { rules } } });
    ai = await fakePeer({ natsUrl: stand.nats.url, service: 'ai' });
  }, 120_000);
  afterAll(async () => {
    await ai?.close();
    await stand?.stop();
  }, 60_000);

  async function incidentOf(service: string) {
    await stand.deliver(message(alert({ labels: { service } })));
    await stand.settled();
    return (await stand.incidents()).find(({ group_labels }) => group_labels['service'] === service)!;
  }
  const incident = async (id: string) => (await stand.incidents()).find((one) => one.id === id)!;

  it('pages through alerts without missing or repeating one, and filters them', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `page ${index}`);
    await stand.deliver(
      message(...names.map((service) => alert({ labels: { service, alertname: 'Paged', severity: 'info' } }))),
    );
    await stand.settled();
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: AlertPage = await stand.get<AlertPage>(
        `/alerts?name=Paged&severity=info&status=firing&cluster_id=${stand.first.id}&limit=10${cursor === null ? '' : `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ labels }) => labels['service']!));
      cursor = page.next_cursor;
    } while (cursor !== null);
    expect(seen.toSorted()).toEqual(names.toSorted());
    expect(await stand.alerts('&name=Paged&since=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await stand.alerts('&name=Paged&status=resolved')).toEqual([]);
  });

  it.each([
    ['/alerts?cursor=nonsense', '/cursor'],
    ['/alerts?limit=0', '/limit'],
    ['/alerts?limit=1000000000', '/limit'],
    ['/alerts?limit=ten', '/limit'],
    ['/alerts?since=yesterday', '/since'],
    ['/alerts?since=2026-13-45T00:00:00Z', '/since'],
    ['/alerts?status=open', '/status'],
    ['/alerts?sort=id;drop', '/sort'],
    ['/incidents?cursor=%00', '/cursor'],
    ['/incidents?status=firing', '/status'],
    ['/quarantine?cursor=1', '/cursor'],
    ['/ledger?cluster=1', '/cluster'],
  ])('refuses %s and points to what is wrong', async (path, pointer) => {
    expect(await stand.ask('GET', path)).toMatchObject({
      status: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    });
  });

  it.each(['/alerts/none', '/incidents/none', '/quarantine/none'])('answers 404 for %s', async (path) => {
    expect((await stand.ask('GET', path)).status).toBe(404);
  });

  it('shows clusters by the newest name announced, in whatever order the announcements arrive', async () => {
    const facts = { cluster_id: stand.first.id, labels: {}, changed_at: '2026-11-22T10:00:00Z' };
    await stand.clusters.publish(clusterChanged, { ...facts, name: 'production-2', version: 2 });
    await pollUntil(
      async () => (await stand.ledger()).clusters.some(({ cluster_name }) => cluster_name === 'production-2'),
      { what: 'the new name' },
    );
    const late = await stand.clusters.publish(clusterRegistered, { ...facts, name: 'production', version: 1 });
    await pollUntil(async () => (await handled(stand)).includes(late), { what: 'the late announcement' });
    expect((await incidentOf('named')).cluster_name).toBe('production-2');
  });

  it('shows an incident with its analysis, decision and escalation, and ignores older ones', async () => {
    const { id, alerts } = await incidentOf('analysed');
    const alertId = alerts[0]!.id;
    const analysis = (cause: string, completed_at: string): AnalysisView => ({
      analysis_id: `analysis ${cause}`,
      status: 'completed',
      incident_id: id,
      alert_id: alertId,
      workflow: 'alert-analysis',
      engine: 'built-in',
      result: { root_cause: cause, suggested_actions: [], similar_incidents: [] },
      created_at: '2026-11-22T10:00:00Z',
      completed_at,
    });
    const decision = (reason: string, decided_at: string): DecisionView => ({
      id: `decision ${reason}`,
      incident_id: id,
      analysis_id: 'analysis',
      action: 'manual_review',
      reason,
      priority: 'medium',
      escalation_required: false,
      policy_version: '1',
      decided_at,
    });
    await ai.publish(analysisCompleted, { incident_id: id, analysis: analysis('disk full', '2026-11-22T10:05:00Z') });
    await ai.publish(analysisCompleted, {
      incident_id: id,
      analysis: analysis('an older idea', '2026-11-22T10:01:00Z'),
    });
    await ai.publish(analysisCompleted, {
      incident_id: id,
      analysis: { ...analysis('cancelled', '2026-11-22T10:08:00Z'), status: 'cancelled', result: null },
    });
    await ai.publish(decisionMade, { incident_id: id, decision: decision('not sure', '2026-11-22T10:06:00Z') });
    await ai.publish(decisionMade, { incident_id: id, decision: decision('older', '2026-11-22T10:02:00Z') });
    await ai.publish(analysisCompleted, {
      incident_id: 'unknown',
      analysis: analysis('of nothing', '2026-11-22T10:09:00Z'),
    });
    const escalation = {
      id: 'e-1',
      alert_id: alertId,
      incident_id: null,
      escalation_type: 'critical',
      target_team: 'sre',
      priority: 'high' as const,
      reason: 'no answer',
      requested_by: 'n8n',
      created_at: '2026-11-22T10:07:00Z',
    };
    await ai.publish(escalationRaised, { escalation_id: 'e-1', escalation });
    const again = await ai.publish(escalationRaised, { escalation_id: 'e-1', escalation });
    await pollUntil(async () => (await handled(stand)).includes(again), { what: 'the repeated escalation' });
    await pollUntil(async () => (await handled(stand)).length >= 8, { what: 'all facts' });

    const shown = await incident(id);
    expect(shown.analysis?.result?.root_cause).toBe('disk full');
    expect(shown.decision?.reason).toBe('not sure');
    expect(shown.decision_action).toBe('manual_review');
    expect(shown.escalations).toMatchObject([{ id: 'e-1', target_team: 'sre' }]);
    expect(shown.timeline.map(({ kind }) => kind)).toEqual(['opened', 'analysis', 'decision', 'escalation']);
  });

  it('hides a suppressed alert from incidents, says why, and lets its end pass', async () => {
    const labels = { service: 'hidden', maintenance: 'true' };
    await stand.deliver(message(alert({ labels })));
    await stand.deliver(message(alert({ labels })));
    await stand.settled();
    const find = async () => (await stand.alerts()).find((one) => one.labels['service'] === 'hidden')!;
    const hidden = await find();
    expect(hidden).toMatchObject({ suppressed_by: 'config:maintenance', incident_id: null, status: 'firing' });
    expect((await stand.alert(hidden.id)).timeline.map(({ disposition }) => disposition)).toEqual([
      'suppressed',
      'suppressed',
      'duplicate',
      'duplicate',
    ]);
    await pollUntil(async () => (await stand.clusters.events(alertSuppressed)).length > 0, {
      what: 'alert-suppressed',
    });
    expect(await stand.clusters.events(alertSuppressed)).toMatchObject([
      { alert_id: hidden.id, suppressed_by: 'maintenance' },
    ]);
    await stand.deliver(message(alert({ labels, status: 'resolved' })));
    await stand.settled();
    expect((await find()).status).toBe('resolved');
  });

  it('lists a quarantined alert, replays it once with an account of its own, and deletes it', async () => {
    const before = await stand.settled();
    await stand.deliver(message({ status: 'firing', labels: { service: 'odd' }, startsAt: 'noon' }));
    await stand.settled();
    const [odd] = (await stand.get<QuarantinePage>('/quarantine?code=bad_time')).items;
    expect(odd).toMatchObject({ pointer: '/alerts/0/startsAt', cluster_id: stand.first.id, replayed_at: null });

    expect(await stand.ask<ReplayedAlert>('POST', `/quarantine/${odd!.id}/replay`)).toMatchObject({ status: 202 });
    expect((await stand.ask('POST', `/quarantine/${odd!.id}/replay`)).status).toBe(409);
    const after = await stand.settled();
    expect(after.dispositions.quarantined - before.dispositions.quarantined).toBe(2);
    expect((await stand.ask('DELETE', `/quarantine/${odd!.id}`)).status).toBe(204);
    expect((await stand.ask('DELETE', `/quarantine/${odd!.id}`)).status).toBe(404);
    expect(await stand.settled()).toMatchObject({ balanced: true, dispositions: after.dispositions });
  });
});

/** Ids of the events this service has taken in. */
async function handled(stand: AlertStand): Promise<string[]> {
  const rows: { message_id: string }[] = await stand.database.query('SELECT message_id FROM gateway_inbox');
  return rows.map(({ message_id }) => message_id);
}
