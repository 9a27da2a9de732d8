import { versionGate, type GatedGroup, type GatedRule, type RuleLoader } from './version-gates';

const rule = (over: Partial<GatedRule> = {}): GatedRule => ({
  kind: 'alerting',
  name: 'Down',
  labels: {},
  annotations: {},
  ...over,
});
const group = (over: Partial<GatedGroup> = {}): GatedGroup => ({
  limit: null,
  query_offset: null,
  labels: {},
  ...over,
});
const prometheus = (version: string): RuleLoader => ({ program: 'prometheus', version });
const vmalert = (version: string): RuleLoader => ({ program: 'vmalert', version });

it.each<[string, GatedRule, GatedGroup, string, string]>([
  ['keep_firing_for', rule({ keep_firing_for: '1m' }), group(), '2.41.0', '2.42.0+ds'],
  ['a limit', rule(), group({ limit: 5 }), '2.30.3', '2.31.0'],
  ['a query_offset', rule(), group({ query_offset: '1m' }), '2.52.0', '2.53.0'],
  ['labels of a group', rule(), group({ labels: { a: 'b' } }), '2.55.1', '3.0.0'],
  ['a label name with a dash', rule({ labels: { 'a-b': 'x' } }), group(), '2.55.1', '3.5.0'],
  ['an annotation name with a dash', rule({ annotations: { 'a-b': 'x' } }), group(), '2.55.1', '3.5.0'],
  ['a quoted name in an expression', rule({ expression: '{"a.b"} > 0' }), group(), '2.42.0', '2.53.3'],
  ['a duration as a number', rule({ expression: 'up > 5m' }), group(), '2.53.3', '3.5.3'],
  ['a dash in a recorded name', rule({ kind: 'recording', name: 'a-b' }), group(), '2.55.1', '3.0.0'],
])('%s needs a Prometheus that knows it', (_what, gated, settings, before, since) => {
  expect(versionGate(gated, settings, prometheus(before))).toContain(before);
  expect(versionGate(gated, settings, prometheus(since))).toBeNull();
});

it('an alert may be called anything, and a plain rule loads everywhere', () => {
  expect(versionGate(rule({ name: 'a-b c' }), group(), prometheus('2.0.0'))).toBeNull();
});

it('vmalert has versions of its own, and no query_offset', () => {
  expect(versionGate(rule({ keep_firing_for: '1m' }), group(), vmalert('v1.91.0'))).toMatch(/vmalert 1\.92/);
  expect(versionGate(rule({ keep_firing_for: '1m' }), group({ labels: { a: 'b' } }), vmalert('1.145.0'))).toBeNull();
  expect(versionGate(rule(), group({ query_offset: '1m' }), vmalert('1.145.0'))).toMatch(/vmalert does not know/);
});

it('an unknown program or version is refused nothing', () => {
  const odd = rule({ keep_firing_for: '1m', labels: { 'a-b': 'x' } });
  for (const loader of [
    { program: null, version: '2.0.0' },
    { program: 'prometheus' as const, version: null },
    { program: 'prometheus' as const, version: 'master' },
  ])
    expect(versionGate(odd, group({ query_offset: '1m' }), loader)).toBeNull();
});
