import type { RevisionRule, RuleReport, SidecarReport } from '@alertagent/contracts';
import { isExact, withIds } from './report-evidence';
import { reportHash } from './report-hash';

const entry = (rule_id: string, rule_version = 1, name = rule_id): RevisionRule => ({
  rule_id,
  rule_version,
  group: 'g',
  name,
});
const shown = (rule_id: string | null, rule_version: number | null = 1, name = rule_id ?? ''): RuleReport => ({
  group: 'g',
  name,
  rule_id,
  rule_version,
  status: 'live',
});
const report = (change: Partial<SidecarReport> = {}): SidecarReport => ({
  cluster_id: 'c1',
  type: 'prometheus-rules',
  member: 'm',
  state: 'live',
  revision: 4,
  hash: 'h',
  rules: [shown('a'), shown('b', 2)],
  ...change,
});
const served = { revision: 4, hash: 'h', manifest: [entry('a'), entry('b', 2)] };

describe('an exact report', () => {
  it('shows every rule of the served revision at its version, in whatever order', () => {
    expect(isExact(report(), served)).toBe(true);
    expect(isExact(report({ state: 'loaded', rules: [shown('b', 2), shown('a')] }), served)).toBe(true);
    expect(isExact(report({ rules: [] }), { ...served, manifest: [] })).toBe(true);
  });

  it.each<[string, Partial<SidecarReport>]>([
    ['speaks of another revision', { revision: 3 }],
    ['speaks of none', { revision: null }],
    ['comes from another file', { hash: 'other' }],
    ['comes from no known file', { hash: null }],
    ['is only about a step on the way', { state: 'reloaded' }],
    ['is about a failure', { state: 'failed' }],
    ['lacks a rule', { rules: [shown('a')] }],
    ['has a rule too many', { rules: [shown('a'), shown('b', 2), shown('c')] }],
    ['has one rule twice instead of two', { rules: [shown('a'), shown('a')] }],
    ['has an old version', { rules: [shown('a'), shown('b', 1)] }],
    ['has a rule that did not say who it is', { rules: [shown('a'), shown(null, 2, 'b')] }],
  ])('is not one that %s', (_what, change) => {
    expect(isExact(report(change), served)).toBe(false);
  });
});

describe('recording rules, which cannot say who they are', () => {
  const recorded = (rule_id: string, name: string): RevisionRule => ({ ...entry(rule_id, 3, name), kind: 'recording' });
  const twice = { ...served, manifest: [entry('a'), recorded('r1', 'a:b'), recorded('r2', 'a:b')] };
  const rules = [shown('a'), shown(null, null, 'a:b'), shown(null, null, 'a:b')];

  it('are those of the file, in its order', () => {
    expect(withIds(rules, twice.manifest).map(({ rule_id, rule_version }) => [rule_id, rule_version])).toEqual([
      ['a', 1],
      ['r1', 3],
      ['r2', 3],
    ]);
    expect(isExact(report({ rules }), twice)).toBe(true);
  });

  it('do not stand for one that is not there', () => {
    expect(isExact(report({ rules: rules.slice(0, 2) }), twice)).toBe(false);
    expect(isExact(report({ rules: [...rules, shown(null, null, 'a:b')] }), twice)).toBe(false);
  });
});

describe('rules reported without an id', () => {
  it('get the id and version of the only rule in their place', () => {
    expect(withIds([shown(null, null, 'a')], served.manifest)).toEqual([
      expect.objectContaining({ rule_id: 'a', rule_version: 1 }),
    ]);
  });

  it('stay without one where two rules share the place, or none has it', () => {
    const twins = [entry('a', 1, 'same'), entry('b', 1, 'same')];
    expect(
      withIds([shown(null, null, 'same'), shown(null, null, 'else')], twins).map(({ rule_id }) => rule_id),
    ).toEqual([null, null]);
  });
});

describe('what counts as news in a report', () => {
  const base = reportHash(report({ target: { healthy: true, response_ms: 4 } }));

  it('is not a newer time or duration', () => {
    const rules = report().rules.map((rule) => ({ ...rule, last_evaluation: '2030-01-01T00:00:00Z' }));
    expect(reportHash(report({ rules, target: { healthy: true, response_ms: 9 } }))).toBe(base);
  });

  it.each<[string, Partial<SidecarReport>]>([
    ['state', { state: 'failed' }],
    ['revision', { revision: 5 }],
    ['reason', { reason: 'why' }],
    ['health', { target: { healthy: false } }],
    ['repaired drift', { drift_repaired: 1 }],
    ['rule status', { rules: [{ ...shown('a'), status: 'failed' }, shown('b', 2)] }],
  ])('is a change of %s', (_what, change) => {
    expect(reportHash(report({ target: { healthy: true }, ...change }))).not.toBe(base);
  });
});
