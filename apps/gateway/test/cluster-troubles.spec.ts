import { clusterTroubleChanged, type ClusterTroubleChanged } from '@alertagent/contracts';
import { pollUntil } from '@alertagent/local-stack';
import { AlertStand, DATABASES } from './alert-stand';
import { MovingClock } from './moving-clock';

describe.each(DATABASES)('what is wrong with a cluster, on %s', (kind) => {
  const clock = new MovingClock();
  let stand: AlertStand;

  beforeAll(async () => {
    stand = await AlertStand.start(kind, {}, clock);
  }, 120_000);
  afterAll(() => stand?.stop(), 30_000);

  const trouble = (changes: Partial<ClusterTroubleChanged> = {}): ClusterTroubleChanged => ({
    cluster_id: stand.first.id,
    name: 'first',
    kind: 'sidecar_silent',
    type: 'prometheus-rules',
    subject: 'p0',
    reason: 'not heard since noon',
    since: clock.at(),
    ended_at: null,
    ...changes,
  });
  const tell = (event: ClusterTroubleChanged): Promise<unknown> => stand.clusters.publish(clusterTroubleChanged, event);
  const become = (alertname: string, statuses: string[]) =>
    pollUntil(
      async () => {
        const shown = (await stand.alerts()).filter(({ name }) => name === alertname);
        return JSON.stringify(shown.map(({ status }) => status)) === JSON.stringify(statuses) ? shown : null;
      },
      { what: `${alertname} to be ${statuses.join(', ')}`, timeoutMs: 20_000 },
    );

  it('is an alert in that cluster, and ends', async () => {
    const event = trouble();
    await tell(event);
    const [alert] = await become('AlertAgentSidecarSilent', ['firing']);
    expect(alert).toMatchObject({
      cluster_id: stand.first.id,
      severity: 'warning',
      labels: { source: 'alertagent', member: 'p0', member_type: 'prometheus-rules' },
      annotations: { description: expect.stringContaining('not heard since noon') as unknown },
      starts_at: event.since,
    });
    expect(await stand.incidents()).toMatchObject([{ status: 'open', cluster_id: stand.first.id }]);

    clock.advance(60_000);
    await tell(trouble({ ...event, ended_at: clock.at() }));
    await become('AlertAgentSidecarSilent', ['resolved']);
    const ledger = await stand.settled();
    expect(ledger.clusters.find(({ cluster_id }) => cluster_id === stand.first.id)).toMatchObject({ accepted: 2 });
  });

  it('is not taken for ended because no Alertmanager lists it', async () => {
    await tell(trouble({ kind: 'cluster_critical', type: '', subject: '' }));
    await become('AlertAgentClusterCritical', ['firing']);
    for (let set = 0; set < 8; set += 1) {
      clock.advance(120_000);
      const { body } = await stand.send('/api/v1/alerts/firing-set', { taken_at: clock.at(), alerts: [] });
      expect(body).toMatchObject({ orphans: 0, recorded: 1 });
    }
    await stand.settled();
    await become('AlertAgentClusterCritical', ['firing']);
  });
});
