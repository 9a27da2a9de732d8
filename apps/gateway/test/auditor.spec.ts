import { newId } from '@alertagent/service-kit';
import { Auditor } from '../src/auditor/auditor';
import { OWN_CLUSTER } from '../src/auditor/findings';
import type { FindingPage } from '../src/auditor/findings.dto';
import { AlertInbox } from '../src/intake/alert-inbox.entity';
import { AlertStand, DATABASES } from './alert-stand';
import { alert, message } from './webhooks';

describe.each(DATABASES)('the auditor on %s', (kind) => {
  let stand: AlertStand;
  beforeAll(async () => {
    stand = await AlertStand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const findings = async (state = 'open'): Promise<FindingPage['items']> =>
    (await stand.get<FindingPage>(`/api/v1/ledger/findings?state=${state}`)).items;
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
