import { listRevisions } from '@alertagent/contracts';
import { DataSource } from 'typeorm';
import { RevisionsStore } from '../src/revisions/revisions.store';
import type { KnownCluster } from './neighbours';
import { Stand, type DatabaseKind } from './stand';

const TYPE = 'alertmanager-config' as const;

describe.each<DatabaseKind>(['SQLite', 'MariaDB'])('Alertmanager configuration made of layers, on %s', (kind) => {
  let stand: Stand;

  beforeAll(async () => {
    stand = await Stand.start(kind);
  }, 120_000);
  afterAll(() => stand?.stop());

  const document = (receiver: object) => ({
    route: { receiver: 'x' },
    receivers: [{ name: 'x', ...receiver }],
  });
  const KEY = { secret: 'the key' };
  const pagerduty = document({ pagerduty_configs: [{ routing_key: KEY }] });
  const layer = (cluster: KnownCluster, layers: KnownCluster['layers']) => () =>
    stand.neighbours.layer(cluster, layers);
  const refusal = async (cluster: KnownCluster): Promise<string | null | undefined> => {
    const page = await stand.neighbours.rules.request(listRevisions, { cluster_id: cluster.id, type: TYPE });
    return page.items[0]?.reason;
  };

  it('is served with its secrets in place, and stored without anybody being able to read them', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.layer(cluster, {
      document: pagerduty,
      secrets: { 'the key': 's3cr3t' },
      versions: ['0.25.0'],
    });
    const { body } = await stand.served(cluster, 1, TYPE);
    expect(body.toString()).toContain('routing_key: "s3cr3t"');
    const stored = await stand.service.get(RevisionsStore).served({ clusterId: cluster.id, type: TYPE });
    expect(stored?.content).toBe(body.toString());
    const rows = await stand.service.get(DataSource).manager.query('SELECT * FROM config_revisions');
    expect(JSON.stringify(rows)).toContain(cluster.id);
    expect(JSON.stringify(rows)).not.toContain('s3cr3t');
    expect(JSON.stringify(rows)).not.toContain('routing_key');
  });

  it('stays as it was when the next one lacks a secret or would not load, with the reason on record', async () => {
    const cluster = stand.neighbours.addCluster();
    await stand.neighbours.layer(cluster, { document: document({}), versions: ['0.25.0'] });
    const before = await stand.served(cluster, 1, TYPE);
    await stand.untilRendered('refused', layer(cluster, { document: pagerduty, versions: ['0.25.0'] }), TYPE);
    expect(await refusal(cluster)).toContain('the secret "the key" was never given');
    const newer = document({ webhook_configs: [{ url: 'http://x/', timeout: '5s' }] });
    await stand.untilRendered('refused', layer(cluster, { document: newer, versions: ['0.28.1', '0.25.0'] }), TYPE);
    expect(await refusal(cluster)).toContain('needs Alertmanager 0.28, the target has 0.25');
    expect((await stand.fetch(cluster, { type: TYPE })).body).toEqual(before.body);
  });

  it('may have what this machine’s amtool is too old to know, when the cluster’s Alertmanager knows it', async () => {
    const cluster = stand.neighbours.addCluster();
    const newest = document({ mattermost_configs: [{ webhook_url_file: '/etc/hook' }] });
    await stand.neighbours.layer(cluster, { document: newest, versions: ['0.33.1'] });
    expect((await stand.served(cluster, 1, TYPE)).body.toString()).toContain('mattermost_configs');
  });
});
