import {
  alertmanagerConfigChanged,
  createAlertmanagerLayer,
  deleteAlertmanagerLayer,
  deleteAlertmanagerSecret,
  diffAlertmanagerLayer,
  getAlertmanagerLayer,
  getAlertmanagerLayerVersion,
  getDesiredAlertmanagerConfig,
  getEffectiveAlertmanagerConfig,
  importAlertmanagerLayer,
  judgeAlertmanagerConfig,
  listAlertmanagerLayers,
  listAlertmanagerLayerVersions,
  listAlertmanagerSecrets,
  previewAlertmanagerLayer,
  restoreAlertmanagerLayer,
  serviceOperations,
  setAlertmanagerSecret,
  testAlertmanagerRoute,
  updateAlertmanagerLayer,
  type AlertmanagerLayerInput,
  type AlertmanagerLayerView,
} from '@alertagent/contracts';
import { pollUntil, sharedStack, type NatsServer } from '@alertagent/local-stack';
import { DataSource } from 'typeorm';
import { ACTOR, ClustersWorld, newName } from './clusters-world';

const stack = sharedStack();
let nats: NatsServer;

beforeAll(async () => {
  nats = await stack.startTestNats();
}, 120_000);
afterAll(() => stack.close());

const HOOK = { webhook_configs: [{ url: 'http://hooks.example/?key=s3cr3t-1' }] };

describe.each(stack.testDatabaseUrls())('Alertmanager configuration on $name', (database) => {
  let world: ClustersWorld;

  beforeAll(async () => {
    world = await ClustersWorld.start(nats, database);
  }, 120_000);
  afterAll(() => world.close());

  const make = (changes: Partial<AlertmanagerLayerInput> = {}): Promise<AlertmanagerLayerView> => {
    const layer = { name: newName(), scope: selector(), document: {}, reason: 'for a test', ...changes };
    return world.gateway.request(createAlertmanagerLayer, { layer, actor: ACTOR });
  };
  const selector = (team = newName(), rank = 0) => ({ kind: 'selector' as const, matchers: [`team="${team}"`], rank });
  const change = (layer: AlertmanagerLayerView, changes: Partial<AlertmanagerLayerInput>, expected?: number) =>
    world.gateway.request(updateAlertmanagerLayer, {
      id: layer.id,
      layer: {
        name: layer.name,
        scope: layer.scope,
        document: layer.document,
        reason: 'changed by a test',
        ...changes,
      },
      expected_version: expected ?? null,
      actor: ACTOR,
    });
  const effective = (id: string) => world.gateway.request(getEffectiveAlertmanagerConfig, { id });
  const receiver = (name: string) => ({
    route: { routes: [{ receiver: name, matchers: [`to="${name}"`] }] },
    receivers: [{ name, ...HOOK }],
  });

  it('layers are made, shown by id and name, listed in pages, changed and deleted, each with a version and an audit record', async () => {
    const layer = await make({ document: { global: { resolve_timeout: '6m' } } });
    expect(layer).toMatchObject({ version: 1, author: 'ada', reason: 'for a test' });
    expect(await world.gateway.request(getAlertmanagerLayer, { id: layer.id })).toEqual(layer);
    expect(await world.gateway.request(getAlertmanagerLayer, { id: layer.name })).toEqual(layer);

    const changed = await change(layer, { document: { global: { resolve_timeout: '7m' } } }, 1);
    expect(changed).toMatchObject({ version: 2, reason: 'changed by a test' });
    expect(await change(changed, {})).toEqual(changed);
    await expect(change(layer, { document: {} }, 1)).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'version_mismatch' }],
    });

    const pages = async (cursor: string | null): Promise<string[]> => {
      const page = await world.gateway.request(listAlertmanagerLayers, { cursor, limit: 1, kind: 'selector' });
      expect(page.items.length).toBeLessThanOrEqual(1);
      const rest = page.next_cursor ? await pages(page.next_cursor) : [];
      return [...page.items.map(({ name }) => name), ...rest];
    };
    const names = await pages(null);
    expect(names).toContain(layer.name);
    expect(new Set(names).size).toBe(names.length);

    await world.gateway.request(deleteAlertmanagerLayer, { id: layer.id, actor: ACTOR });
    await expect(world.gateway.request(getAlertmanagerLayer, { id: layer.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const { items } = await world.gateway.request(listAlertmanagerLayerVersions, { id: layer.id });
    expect(items.map(({ version, change: kind }) => `${version} ${kind}`)).toEqual([
      '3 deleted',
      '2 updated',
      '1 created',
    ]);
    const audit = await world.gateway.request(serviceOperations.clusters.listAudit, { limit: 3 });
    expect(audit.items.map(({ action, resource_id }) => [action, resource_id])).toEqual([
      ['alertmanager-layer.deleted', layer.id],
      ['alertmanager-layer.updated', layer.id],
      ['alertmanager-layer.created', layer.id],
    ]);
    expect((await make({ name: layer.name })).id).not.toBe(layer.id);
  });

  it('a layer is refused with the place of everything that is wrong with it', async () => {
    const cases: [Partial<AlertmanagerLayerInput>, string][] = [
      [{ document: { reciever: [] } }, '/document/reciever'],
      [{ document: { route: { group_by: 'alertname' } } }, '/document/route/group_by'],
      [{ document: { receivers: [{ name: 'a' }, { name: 'a' }] } }, '/document/receivers/1/name'],
      [{ document: { receivers: [{ name: 'alertagent' }] } }, '/document/receivers/0/name'],
      [{ document: { global: { opsgenie_api_key: '<secret>' } } }, '/document'],
      [{ name: 'alertagent' }, '/name'],
      [{ scope: { kind: 'selector', matchers: [] } }, '/scope/matchers'],
      [{ scope: { kind: 'selector', matchers: ['a=b', 'c=~"("'] } }, '/scope/matchers/1'],
      [{ scope: { kind: 'cluster', cluster: 'nobody' } }, '/scope/cluster'],
      [{ scope: { kind: 'organisation', rank: 1 } }, '/scope/rank'],
      [{ document: { templates: ['x'.repeat(200_001)] } }, '/document'],
    ];
    for (const [input, pointer] of cases) {
      await expect(make(input)).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer }] });
    }
  });

  it('names are taken until a layer is deleted, and a cluster has one layer of its own', async () => {
    const cluster = await world.register();
    const own = await make({ scope: { kind: 'cluster', cluster: cluster.name } });
    expect(own.scope).toEqual({ kind: 'cluster', cluster: cluster.id });
    await expect(make({ scope: { kind: 'cluster', cluster: cluster.id } })).rejects.toMatchObject({ code: 'conflict' });
    await expect(make({ name: own.name })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('versions can be shown, compared and made the newest again', async () => {
    const first = { global: { resolve_timeout: '1m' } };
    const layer = await make({ document: first });
    await change(layer, { document: { global: { resolve_timeout: '2m' }, templates: ['/x'] } });
    const { id } = layer;
    expect(await world.gateway.request(getAlertmanagerLayerVersion, { id, version: 1 })).toMatchObject({
      document: first,
    });
    expect(await world.gateway.request(diffAlertmanagerLayer, { id, version: 2 })).toEqual({
      version: 2,
      with: 1,
      differences: [
        { pointer: '/document/global/resolve_timeout', change: 'changed', before: '1m', after: '2m' },
        { pointer: '/document/templates', change: 'added', before: null, after: ['/x'] },
      ],
    });
    const restored = await world.gateway.request(restoreAlertmanagerLayer, {
      id,
      version: 1,
      reason: 'it was better',
      expected_version: 2,
      actor: ACTOR,
    });
    expect(restored).toMatchObject({ version: 3, document: first, reason: 'it was better' });
    await expect(
      world.gateway.request(restoreAlertmanagerLayer, { id, version: 9, reason: 'no', actor: ACTOR }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a cluster runs the sum of its layers, with AlertAgent first and the layer of each value', async () => {
    const team = newName();
    const cluster = await world.register({ labels: { team } });
    const other = await world.register();
    const wide = await make({
      scope: selector(team, 1),
      document: { ...receiver('wide'), global: { resolve_timeout: '6m' } },
    });
    const close = await make({
      scope: selector(team, 2),
      document: { ...receiver('close'), global: { resolve_timeout: '7m' } },
    });
    const shown = await effective(cluster.name);
    expect(shown).toMatchObject({
      cluster_id: cluster.id,
      versions: ['0.25.0', '0.34.0'],
      versions_are_reported: false,
      valid: true,
      layers: [
        { name: wide.name, version: 1 },
        { name: close.name, version: 1 },
      ],
      document: {
        global: { resolve_timeout: '7m' },
        route: { receiver: 'alertagent', routes: [{ receiver: 'close' }, { receiver: 'wide' }] },
      },
      provenance: {
        '/route/receiver': 'alertagent',
        '/global/resolve_timeout': close.name,
        '/route/routes/1/receiver': wide.name,
      },
    });
    expect(shown.file).toContain('<secret>');
    expect(JSON.stringify(shown)).not.toContain('s3cr3t');
    expect((await effective(other.id)).layers).toEqual([]);

    const { routes } = await world.gateway.request(testAlertmanagerRoute, { id: cluster.id, labels: { to: 'close' } });
    expect(routes.map((route) => route.receiver)).toEqual(['alertagent', 'close']);
    await pollUntil(
      async () =>
        (await world.gateway.events(alertmanagerConfigChanged)).filter((each) => each.cluster_id === cluster.id)
          .length === 2,
      { what: 'both layers are told for the cluster' },
    );
    expect((await world.gateway.events(alertmanagerConfigChanged)).some((each) => each.cluster_id === other.id)).toBe(
      false,
    );
  });

  it('a change that a cluster could not load is refused, by the version that its Alertmanager has', async () => {
    const team = newName();
    const cluster = await world.register({ labels: { team } });
    const layer = await make({ scope: selector(team), document: receiver('a') });
    const newer = { receivers: [{ name: 'a', webhook_configs: [{ url_file: '/etc/hook', timeout: '5s' }] }] };
    await expect(change(layer, { document: { ...receiver('a'), ...newer } })).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/document', code: 'newer_field', detail: expect.stringContaining(cluster.name) }, {}],
    });
    await expect(change(layer, { document: { route: { receiver: 'nobody' } } })).rejects.toMatchObject({
      errors: [{ code: 'unknown_receiver' }],
    });
    await world.report(cluster.id, true, {
      type: 'alertmanager-config',
      target: { healthy: true, response_ms: 1, version: '0.28.1' },
    });
    await pollUntil(async () => (await effective(cluster.id)).versions.join() === '0.28.1', {
      what: 'the version is known',
    });
    expect(await change(layer, { document: { ...receiver('a'), ...newer } })).toMatchObject({ version: 2 });
  });

  it('a preview shows what a layer would do to each cluster, and stores nothing', async () => {
    const team = newName();
    const cluster = await world.register({ labels: { team } });
    const layer = await make({ scope: selector(team), document: receiver('a') });
    const preview = (document: object, id?: string) =>
      world.gateway.request(previewAlertmanagerLayer, {
        layer: { name: newName(), scope: layer.scope, document, reason: 'to look' },
        id,
      });
    expect(await preview({ ...receiver('a'), global: { resolve_timeout: '9m' } }, layer.name)).toMatchObject({
      clusters: 1,
      invalid: 0,
      items: [
        {
          cluster_name: cluster.name,
          valid: true,
          differences: [{ pointer: '/global', change: 'added', after: { resolve_timeout: '9m' } }],
        },
      ],
    });
    expect(await preview({ route: { routes: [{ receiver: 'nobody' }] } })).toMatchObject({
      clusters: 1,
      invalid: 1,
      items: [{ valid: false, problems: [{ check: 'unknown_receiver' }] }],
    });
    expect(await world.gateway.request(getAlertmanagerLayer, { id: layer.id })).toEqual(layer);
    expect((await effective(cluster.id)).document).not.toHaveProperty('global');
    const { items } = await world.gateway.request(listAlertmanagerSecrets, { limit: 500 });
    expect(items.filter(({ used_by }) => used_by.includes(layer.name))).toHaveLength(1);
  });

  it('a layer that others need is not deleted', async () => {
    const team = newName();
    await world.register({ labels: { team } });
    const below = await make({ scope: selector(team, 1), document: { receivers: [{ name: 'shared', ...HOOK }] } });
    await make({ scope: selector(team, 2), document: { route: { routes: [{ receiver: 'shared' }] } } });
    await expect(world.gateway.request(deleteAlertmanagerLayer, { id: below.id, actor: ACTOR })).rejects.toMatchObject({
      code: 'conflict',
      errors: [{ code: 'unknown_receiver' }],
    });
    expect(await world.gateway.request(getAlertmanagerLayer, { id: below.id })).toEqual(below);
  });

  it('of many changes of one version at once one wins', async () => {
    const layer = await make();
    const results = await Promise.allSettled(
      [1, 2, 3, 4, 5].map((step) => change(layer, { document: { global: { resolve_timeout: `${step}m` } } }, 1)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await world.gateway.request(getAlertmanagerLayer, { id: layer.id })).toMatchObject({ version: 2 });
  });

  it('two layers that load one by one and not together are not both made', async () => {
    const team = newName();
    await world.register({ labels: { team } });
    const base = await make({ scope: selector(team, 1), document: { receivers: [{ name: 'shared', ...HOOK }] } });
    const results = await Promise.allSettled([
      make({ scope: selector(team, 2), document: { route: { routes: [{ receiver: 'shared' }] } } }),
      world.gateway.request(deleteAlertmanagerLayer, { id: base.id, actor: ACTOR }),
    ]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('an alertmanager.yml becomes a layer, its secrets kept apart, AlertAgent’s own receiver left out', async () => {
    const team = newName();
    const cluster = await world.register({ labels: { team } });
    const text = `route: {receiver: alertagent, routes: [{receiver: x, matchers: [a="b"]}]}
receivers:
- name: alertagent
  webhook_configs: [{url: 'http://old/'}]
- name: x
  slack_configs: [{channel: '#x', api_url: 'https://hooks/s3cr3t-2'}]
`;
    const input = {
      text,
      version: '0.28.1',
      name: newName(),
      scope: selector(team),
      reason: 'taken over',
      actor: ACTOR,
    };
    const layer = await world.gateway.request(importAlertmanagerLayer, input);
    const name = `${layer.id}.receivers.x.slack_configs.0.api_url`;
    expect(layer.document).toEqual({
      route: { receiver: 'alertagent', routes: [{ receiver: 'x', matchers: ['a="b"'] }] },
      receivers: [{ name: 'x', slack_configs: [{ channel: '#x', api_url: { secret: name } }] }],
    });
    expect(await world.gateway.request(getDesiredAlertmanagerConfig, { id: cluster.id })).toMatchObject({
      secrets: { [name]: 'https://hooks/s3cr3t-2' },
      versions: ['0.25.0', '0.34.0'],
    });
    await expect(
      world.gateway.request(importAlertmanagerLayer, { ...input, name: newName(), text: 'route: {}\n' }),
    ).rejects.toMatchObject({
      code: 'invalid',
      errors: [{ pointer: '/text', detail: expect.stringContaining('line 1') }],
    });
    expect(
      await world.gateway.request(judgeAlertmanagerConfig, { text: 'route: {receiver: x}\n', version: '0.28.1' }),
    ).toMatchObject({ valid: false, problems: [{ check: 'unknown_receiver', line: 1 }] });
  });

  it('secrets are given, replaced, listed with who uses them, and never answered, stored, audited or logged in the clear', async () => {
    const team = newName();
    const cluster = await world.register({ labels: { team } });
    const name = `opsgenie ${newName()}`;
    const layer = { scope: selector(team), document: { global: { opsgenie_api_key: { secret: name } } } };
    await expect(make(layer)).rejects.toMatchObject({ errors: [{ code: 'missing_secret' }] });

    const set = (value: string) => world.gateway.request(setAlertmanagerSecret, { name, value, actor: ACTOR });
    expect(await set('s3cr3t-3')).toMatchObject({ name, version: 1, used_by: [] });
    const made = await make(layer);
    expect(await set('s3cr3t-4')).toMatchObject({ version: 2, used_by: [made.name] });
    expect(await set('s3cr3t-4')).toMatchObject({ version: 2 });
    const desired = await world.gateway.request(getDesiredAlertmanagerConfig, { id: cluster.id });
    expect(desired.secrets).toEqual({ [name]: 's3cr3t-4' });
    await pollUntil(
      async () =>
        (await world.gateway.events(alertmanagerConfigChanged)).filter((each) => each.cluster_id === cluster.id)
          .length === 2,
      { what: 'the cluster is told of the layer and of the new value' },
    );

    const { items } = await world.gateway.request(listAlertmanagerSecrets, { limit: 500 });
    expect(items.find((each) => each.name === name)).toMatchObject({ used_by: [made.name] });
    await expect(world.gateway.request(deleteAlertmanagerSecret, { name, actor: ACTOR })).rejects.toMatchObject({
      code: 'conflict',
    });
    await world.gateway.request(deleteAlertmanagerLayer, { id: made.id, actor: ACTOR });
    await world.gateway.request(deleteAlertmanagerSecret, { name, actor: ACTOR });
    await expect(world.gateway.request(deleteAlertmanagerSecret, { name, actor: ACTOR })).rejects.toMatchObject({
      code: 'not_found',
    });

    const { manager } = world.service.get(DataSource);
    for (const table of [
      'alertmanager_configs',
      'alertmanager_config_versions',
      'alertmanager_secrets',
      'clusters_audit_log',
    ]) {
      expect(JSON.stringify(await manager.query(`SELECT * FROM ${table}`))).not.toContain('s3cr3t');
    }
    expect(JSON.stringify(items)).not.toContain('s3cr3t');
    expect(JSON.stringify(world.service.logLines())).not.toContain('s3cr3t');
  });

  it('a value that no cluster could load with is refused, and not repeated', async () => {
    const team = newName();
    await world.register({ labels: { team } });
    const layer = await make({ scope: selector(team), document: receiver('a') });
    const name = `${layer.id}.receivers.a.webhook_configs.0.url`;
    const answer = world.gateway.request(setAlertmanagerSecret, { name, value: 'no address', actor: ACTOR });
    await expect(answer).rejects.toMatchObject({ code: 'invalid', errors: [{ pointer: '/value', code: 'value' }] });
    await expect(answer).rejects.not.toMatchObject({ message: expect.stringContaining('no address') });
  });
});
