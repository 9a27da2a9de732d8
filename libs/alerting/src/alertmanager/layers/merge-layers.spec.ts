import { mergeLayers } from './merge-layers';
import { selectLayers, type ScopedLayer } from './select-layers';

const merge = (...documents: Parameters<typeof mergeLayers>[0][number]['document'][]) =>
  mergeLayers(documents.map((document, index) => ({ name: `layer ${index}`, document })));

it('mappings are merged field by field, and each value remembers where it comes from', () => {
  const { document, provenance } = merge(
    { global: { resolve_timeout: '5m', smtp_from: 'a@x' }, route: { receiver: 'a', group_by: ['b'] } },
    { global: { smtp_from: 'b@x' }, route: { group_by: ['c', 'd'] } },
  );
  expect(document).toEqual({
    global: { resolve_timeout: '5m', smtp_from: 'b@x' },
    route: { receiver: 'a', group_by: ['c', 'd'] },
  });
  expect(Object.fromEntries(provenance)).toEqual({
    '/global/resolve_timeout': 'layer 0',
    '/global/smtp_from': 'layer 1',
    '/route/receiver': 'layer 0',
    '/route/group_by/0': 'layer 1',
    '/route/group_by/1': 'layer 1',
  });
});

it('null takes a field away', () => {
  expect(
    merge({ global: { smtp_from: 'a' }, templates: ['b'] }, { global: { smtp_from: null }, templates: null }).document,
  ).toEqual({ global: {} });
});

it('receivers of the same name are merged where they stand, others are added', () => {
  const { document, provenance } = merge(
    { receivers: [{ name: 'a', email_configs: [{ to: 'x' }] }, { name: 'b' }] },
    { receivers: [{ name: 'c' }, { name: 'a', email_configs: [{ to: 'y' }] }] },
  );
  expect(document).toEqual({ receivers: [{ name: 'a', email_configs: [{ to: 'y' }] }, { name: 'b' }, { name: 'c' }] });
  expect(provenance.get('/receivers/0/email_configs/0/to')).toBe('layer 1');
  expect(provenance.get('/receivers/1/name')).toBe('layer 0');
});

it('rules without a name are added, and never taken for each other', () => {
  expect(merge({ inhibit_rules: [{ equal: ['a'] }] }, { inhibit_rules: [{ equal: ['b'] }] }).document).toEqual({
    inhibit_rules: [{ equal: ['a'] }, { equal: ['b'] }],
  });
});

it('routes of the closer layer are tried first', () => {
  const { document, provenance } = merge(
    { route: { receiver: 'a', routes: [{ receiver: 'b' }] } },
    { route: { routes: [{ receiver: 'c', routes: [{ receiver: 'd' }] }] } },
  );
  expect(document).toEqual({
    route: { receiver: 'a', routes: [{ receiver: 'c', routes: [{ receiver: 'd' }] }, { receiver: 'b' }] },
  });
  expect(provenance.get('/route/routes/0/receiver')).toBe('layer 1');
  expect(provenance.get('/route/routes/1/receiver')).toBe('layer 0');
});

it('templates add up once each', () => {
  expect(merge({ templates: ['a', 'b'] }, { templates: ['b', 'c'] }).document).toEqual({ templates: ['a', 'b', 'c'] });
});

it('a reference to a secret is one value', () => {
  const { document, provenance } = merge(
    { global: { opsgenie_api_key: { secret: 'a' } } },
    { global: { opsgenie_api_key: { secret: 'b' } } },
  );
  expect(document).toEqual({ global: { opsgenie_api_key: { secret: 'b' } } });
  expect(Object.fromEntries(provenance)).toEqual({ '/global/opsgenie_api_key': 'layer 1' });
});

it('a list or a text in place of a mapping replaces it, and the other way round', () => {
  expect(merge({ a: { b: 'c' }, d: 'e' }, { a: ['f'], d: { g: 'h' } }).document).toEqual({ a: ['f'], d: { g: 'h' } });
});

it('keys of the language’s own are keys like others', () => {
  const document = JSON.parse('{"global": {"__proto__": "x"}}') as Record<string, never>;
  expect(JSON.stringify(merge(document, {}).document)).toBe('{"global":{"__proto__":"x"}}');
  expect(({} as Record<string, unknown>)['x']).toBeUndefined();
});

it('a cluster gets the layers that are meant for it: organisation, selectors by rank and name, its own', () => {
  const layer = (name: string, scope: ScopedLayer['scope']): ScopedLayer => ({ name, scope, document: {} });
  const layers = [
    layer('own', { kind: 'cluster', cluster_id: 'c1' }),
    layer('other', { kind: 'cluster', cluster_id: 'c2' }),
    layer('prod', { kind: 'selector', matchers: ['env="prod"'], rank: 2 }),
    layer('west', { kind: 'selector', matchers: ['region=~"us-.*"'], rank: 1 }),
    layer('east', { kind: 'selector', matchers: ['region="eu"'], rank: 1 }),
    layer('all', { kind: 'organisation' }),
  ];
  const cluster = { id: 'c1', labels: { env: 'prod', region: 'us-1' } };
  expect(selectLayers(layers, cluster).map(({ name }) => name)).toEqual(['all', 'west', 'prod', 'own']);
});
