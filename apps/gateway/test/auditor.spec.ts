import { newId } from '@alertagent/service-kit';
import type { TestService } from '@alertagent/service-kit/testing';
import { Auditor } from '../src/auditor/auditor';
import { Findings, OWN_CLUSTER } from '../src/auditor/findings';
import type { FindingPage } from '../src/auditor/findings.dto';
import { AlertInbox } from '../src/intake/alert-inbox.entity';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

describe.each(DATABASES)('the auditor on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 60_000);

  const findings = async (state = 'open'): Promise<FindingPage['items']> =>
    (await stand.get<FindingPage>(`/ledger/findings?state=${state}`)).items;
  const look = (): Promise<void> => stand.service.get(Auditor).look();
  const ownAlerts = async () =>
    (await stand.settled(), await stand.alerts('&name=AlertAgentStuckWork')).map(({ status, labels, cluster_id }) => ({
      status,
      cluster_id,
      kind: labels['kind'],
    }));

  it('finds nothing while everything goes on', async () => {
    await stand.deliver(message(alert()));
    await stand.settled();
    await look();
    expect(await findings()).toEqual([]);
  });

  it('raises an incident that counts wrongly as an alert of its own, and clears it when it is put right', async () => {
    const [incident] = await stand.incidents();
    const change = (by: number) =>
      stand.database.query('UPDATE incidents SET firing_count = firing_count + ?, last_alert_at = 1 WHERE id = ?', [
        by,
        incident!.id,
      ]);
    await change(1);
    await look();
    await look();
    expect(await findings()).toMatchObject([{ kind: 'incident_miscounted', subject: incident!.id, cleared_at: null }]);
    expect(await ownAlerts()).toEqual([{ status: 'firing', cluster_id: OWN_CLUSTER, kind: 'incident_miscounted' }]);

    await change(-1);
    await look();
    expect(await findings()).toEqual([]);
    expect(await findings('cleared')).toHaveLength(1);
    expect(await ownAlerts()).toEqual([{ status: 'resolved', cluster_id: OWN_CLUSTER, kind: 'incident_miscounted' }]);
  });

  it('keeps a finding of the ledger until the ledger is added up again', async () => {
    const { found, looked } = { found: [], looked: ['inbox_stuck'] as const };
    const unbalanced = { kind: 'ledger_unbalanced' as const, subject: 'a-cluster', detail: 'does not add up' };
    const store = stand.service.get(Findings);
    await store.update([unbalanced], ['ledger_unbalanced']);
    await store.update(found, looked);
    expect(await findings()).toMatchObject([{ kind: 'ledger_unbalanced' }]);
    await store.update(found, ['ledger_unbalanced']);
    expect(await findings()).toEqual([]);
  });

  it('raises an alert that fires unseen', async () => {
    await stand.database.query("UPDATE alerts SET incident_id = NULL, received_at = 1 WHERE status = 'firing'");
    await look();
    expect((await findings()).map(({ kind: found }) => found)).toContain('alert_unseen');
  });

  it('raises webhooks that nobody processes', async () => {
    await stand.database.manager.insert(AlertInbox, {
      id: newId(),
      cluster_id: stand.second.id,
      received_at: 1,
      alert_count: 0,
      good_count: 0,
      // Neither waiting for the pipeline nor done: as if it were in the hands of a worker that died.
      state: 0,
      attempts: 0,
      due_at: 1,
      body: 'not read in this test',
    });
    await look();
    expect((await findings('all')).map(({ kind: found }) => found)).toContain('inbox_stuck');
  });
});

describe('the auditors of two gateways on MariaDB', () => {
  let stand: AlertStand;
  let replica: TestService;
  beforeAll(async () => {
    stand = await AlertStand.start('MariaDB');
    replica = await stand.startReplica();
    await stand.deliver(message(alert()));
    await stand.settled();
  }, 120_000);
  afterAll(async () => {
    await replica?.close();
    await stand?.stop();
  }, 60_000);

  it('raise one alert and tell its end once when they look at the same moment', async () => {
    const [incident] = await stand.incidents();
    const add = (by: number) =>
      stand.database.query('UPDATE incidents SET firing_count = firing_count + ? WHERE id = ?', [by, incident!.id]);
    const both = () => Promise.all([stand.service, replica].map((each) => each.get(Auditor).look()));
    const told = async () => {
      const { clusters } = await stand.settled();
      return clusters.find(({ cluster_id }) => cluster_id === OWN_CLUSTER)?.accepted;
    };
    for (let round = 1; round <= 5; round += 1) {
      await add(1);
      await both();
      expect(await told()).toBe(2 * round - 1);
      await add(-1);
      await both();
      expect(await told()).toBe(2 * round);
    }
  });
});
