import { incidentOpened, type IncidentEvent } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { AnalysesStore } from '../src/analyses/analyses.store';
import { startN8nStub, type N8nStub } from '@alertagent/stubs';
import { completedReport, incident, Stand } from './stand';

const CALLBACK_TIMEOUT = 600_000;
/** Calls of a workflow that an instance has open at a time. */
const CALLS_OPEN = 16;

describe.each(['sqlite', 'mariadb'] as const)('the places of a workflow, on %s,', (database) => {
  let stand: Stand;
  let n8n: N8nStub;

  beforeEach(async () => {
    stand = await Stand.start(database);
    n8n = await startN8nStub({ workflows: ['slow', 'slower', 'quick'] });
  }, 120_000);

  afterEach(async () => {
    n8n.release();
    await stand.stop();
    await n8n.close();
  });

  const config = (runs = 3) => ({
    n8n: {
      webhook_base_url: n8n.webhookBase,
      timeout: 60_000,
      callback_timeout: CALLBACK_TIMEOUT,
      concurrency: { runs: 40, workflows: [{ workflow: 'slow', runs }] },
    },
  });

  const open = async (workflow: string, count: number): Promise<IncidentEvent[]> => {
    const events = Array.from({ length: count }, () => ({ ...incident({}, stand.clock.now()), workflow }));
    for (const event of events) await stand.gateway.publish(incidentOpened, event);
    return events;
  };

  const startsOf = (workflow: string): number =>
    n8n.starts.filter(({ path }) => path === `/webhook/${workflow}`).length;

  /** Passes once several looks at the queue changed nothing: each of these is begun by a look that comes after the one before. */
  const settled = async (): Promise<void> => {
    for (let look = 0; look < 5; look++) {
      const [marker] = await open('quick', 1);
      await stand.processing(marker!.incident_id);
    }
  };

  it('are never more than configured, over two instances, and become free when a run reports', async () => {
    await stand.startReplica(config());
    await stand.startReplica(config());
    const events = await open('slow', 9);
    await pollUntil(() => startsOf('slow') === 3, { what: 'three runs' });
    await settled();
    expect(startsOf('slow')).toBe(3);
    const reported = new Set<string>();
    for (let round = 1; round <= 6; round++) {
      const running = n8n.starts.find(
        ({ path, headers }) => path === '/webhook/slow' && !reported.has(headers['idempotency-key']!),
      );
      const id = running!.headers['idempotency-key']!;
      reported.add(id);
      await stand.report(id, completedReport());
      await pollUntil(() => startsOf('slow') === 3 + round, { what: 'the next run' });
    }
    expect(new Set(n8n.keys).size).toBe(n8n.keys.length);
    expect(events).toHaveLength(startsOf('slow'));
  });

  it('are counted anew under the lock: what an instance saw before may be out of date', async () => {
    const service = await stand.startReplica(config());
    const store = service.get(AnalysesStore);
    const truth = store.running.bind(store);
    const { manager } = service.get(DataSource);
    // Every look without the lock is from before anything was started.
    jest
      .spyOn(store, 'running')
      .mockImplementation((tx, lane, now) => (tx === manager ? Promise.resolve(0) : truth(tx, lane, now)));
    await open('slow', 9);
    await pollUntil(() => startsOf('slow') === 3, { what: 'three runs' });
    await settled();
    expect(startsOf('slow')).toBe(3);
  });

  it('that are all taken are in the way of no other workflow', async () => {
    await stand.startReplica(config());
    await open('slow', 30);
    await pollUntil(() => startsOf('slow') === 3, { what: 'three runs' });
    const others = await open('quick', 6);
    for (const { incident_id } of others) await stand.processing(incident_id);
    expect(startsOf('slow')).toBe(3);
  });

  it('are in the way of no other workflow either while calls of two hang', async () => {
    await stand.startReplica(config(20));
    n8n.mode = 'slow';
    await open('slow', CALLS_OPEN + 1);
    await open('slower', CALLS_OPEN + 1);
    const hanging = (): boolean => startsOf('slow') === CALLS_OPEN && startsOf('slower') === CALLS_OPEN;
    await pollUntil(hanging, { what: 'the calls that hang' });
    n8n.mode = 'ok';
    const others = await open('quick', 6);
    for (const { incident_id } of others) await stand.processing(incident_id);
    expect(hanging()).toBe(true);
  });

  it('are waited for no longer than a callback would be', async () => {
    await stand.startReplica(config());
    const events = await open('slow', 7);
    await pollUntil(() => startsOf('slow') === 3, { what: 'three runs' });
    for (const { incident_id } of events) await stand.analysis(incident_id, 'all to wait', () => true);
    for (const { incident_id } of events.slice(0, 3)) await stand.processing(incident_id);
    stand.clock.advance(CALLBACK_TIMEOUT / 2);
    for (const key of n8n.keys) await stand.report(key, completedReport());
    await pollUntil(() => startsOf('slow') === 6, { what: 'three more' });
    await settled();
    // The three have half of their time left; the last one has waited long enough.
    stand.clock.advance(CALLBACK_TIMEOUT / 2);
    const started = new Set(n8n.keys);
    const last = await pollUntil(
      async () => {
        const views = await Promise.all(
          events.map(async ({ incident_id }) => (await stand.ofIncident(incident_id))[0]!),
        );
        return views.find(({ analysis_id, completed_at }) => completed_at && !started.has(analysis_id)) ?? null;
      },
      { what: 'the last one to go on' },
    );
    expect(last).toMatchObject({
      engine: 'built-in',
      fallback_reason: 'the workflow had no place for it within 600 s: n8n.concurrency',
    });
    expect(startsOf('slow')).toBe(6);
  });
});
