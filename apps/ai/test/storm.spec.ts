import { randomUUID } from 'node:crypto';
import { incidentOpened, incidentResolved, type IncidentEvent } from '@alertagent/contracts';
import { AuditLog } from '@alertagent/service-kit';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../src/analyses/analyses.store';
import { AnalysisLeases } from '../src/analyses/analysis-leases';
import { NewAnalyses } from '../src/analyses/new-analysis';
import { decisionEntity } from '../src/decisions/decision.entity';
import { alert, completedReport, incident, Stand } from './stand';

const INCIDENTS = 30;

describe.each(['sqlite', 'mariadb'] as const)('many analyses at once, on %s,', (database) => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeEach(async () => {
    stand = await Stand.start(database);
    n8n = await startN8nStub();
    await stand.startReplica({ n8n: { webhook_base_url: n8n.webhookBase, timeout: 60_000 } });
  }, 120_000);

  afterEach(async () => {
    n8n.release();
    await stand.stop();
    await n8n.close();
  });

  const manager = () => stand.replicas[0]!.get(DataSource).manager;

  const open = async (): Promise<IncidentEvent[]> => {
    const events = Array.from({ length: INCIDENTS }, () => incident({}, stand.clock.now()));
    for (const event of events) await stand.gateway.publish(incidentOpened, event);
    return events;
  };

  it('are each started once, and each report decides on its own and bears its own name', async () => {
    const events = await open();
    const views = await Promise.all(events.map(({ incident_id }) => stand.processing(incident_id)));
    expect(new Set(n8n.keys).size).toBe(INCIDENTS);
    expect(n8n.keys).toHaveLength(INCIDENTS);

    // Each twice at the same time: the second one is a repetition, whichever that is.
    const answers = await Promise.all(
      views.flatMap(({ analysis_id }, index) =>
        [1, 2].map(() => stand.report(analysis_id, completedReport({ root_cause: `cause ${index}` }))),
      ),
    );
    expect(answers.map(({ result }) => result?.root_cause)).toEqual(
      views.flatMap((_, index) => [`cause ${index}`, `cause ${index}`]),
    );
    for (const { incident_id } of events)
      expect(await manager().countBy(decisionEntity, { incidentId: incident_id })).toBe(1);
    const audited = (await stand.replicas[0]!.get(AuditLog).list({ limit: 200 })).items.filter(
      ({ action }) => action === 'analysis.completed',
    );
    expect(new Set(audited.map(({ resource_id }) => resource_id)).size).toBe(INCIDENTS);
    // Each came in a request of its own.
    expect(new Set(audited.map(({ correlation_id }) => correlation_id)).size).toBe(INCIDENTS);
    expect(audited.every(({ correlation_id }) => correlation_id !== null)).toBe(true);
  });

  it('are one per incident, whatever order its news is heard in, and none stays behind that nobody waits for', async () => {
    const events = Array.from({ length: INCIDENTS }, () => incident({}, stand.clock.now()));
    const resolved = events.map((event) => ({
      ...event,
      status: 'resolved' as const,
      resolved_at: stand.clock.now().toISOString(),
    }));
    await Promise.all(
      events.flatMap((event, index) => [
        stand.gateway.publish(incidentResolved, resolved[index]!),
        stand.gateway.publish(incidentOpened, event),
        // Under another message id, as after a lost stream.
        stand.gateway.publish(incidentOpened, event),
      ]),
    );
    for (const { incident_id } of events) {
      const { status } = await stand.analysis(incident_id, 'nothing to wait', (view) => view.status !== 'pending');
      // Those whose end was heard after their turn had come were begun.
      expect(['cancelled', 'processing']).toContain(status);
      expect(await stand.ofIncident(incident_id)).toHaveLength(1);
    }
  });

  it('are taken, and noted as started, only as far as nobody else has them', async () => {
    const store = stand.replicas[0]!.get(AnalysesStore);
    const dueAt = new Date(stand.clock.now().getTime() + 3_600_000);
    const made = Array.from({ length: 3 }, () => ({
      ...stand.replicas[0]!.get(NewAnalyses).make({
        trigger: 'request',
        incidentId: randomUUID(),
        clusterId: 'c',
        clusterName: 'production',
        alert: alert(),
      }),
      // Later, so that the worker leaves them alone.
      dueAt,
    }));
    for (const one of made) await store.insert(manager(), one);
    await store.changeOpen(manager(), made[1]!.id, { dueAt: new Date(dueAt.getTime() + 1), leaseToken: 'another' });
    const changes = { engine: 'n8n' as const, leaseToken: 'mine', dueAt: new Date(dueAt.getTime() + 2) };
    const taken = await store.claimAll(manager(), made, changes);
    expect([...taken].sort()).toEqual([made[0]!.id, made[2]!.id].sort());

    await store.changeOpen(manager(), made[2]!.id, { leaseToken: 'another' });
    const leases = stand.replicas[0]!.get(AnalysisLeases);
    await Promise.all(made.map((one) => leases.awaitCallback({ ...one, leaseToken: 'mine' })));
    const states = await Promise.all(made.map(({ id }) => store.find(manager(), id)));
    expect(states.map((one) => one?.status)).toEqual(['processing', 'pending', 'pending']);
    expect(states.map((one) => one?.leaseToken)).toEqual([null, 'another', 'another']);
  });
});
