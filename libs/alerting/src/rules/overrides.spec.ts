import { effectiveRule } from './overrides';

const rule = {
  expression: 'disk > ${limit}',
  duration: '5m',
  keep_firing_for: null,
  severity: 'warning',
  labels: { team: 'a' },
  annotations: { summary: 'over ${limit}' },
  parameters: { limit: 80 },
  enabled: true,
};

it('a rule without overrides is itself, with its placeholders filled in', () => {
  const { rule: effective, overridden } = effectiveRule(rule, []);
  expect(effective).toMatchObject({ expression: 'disk > 80', annotations: { summary: 'over 80' }, duration: '5m' });
  expect(overridden).toEqual([]);
});

it('later overrides win field by field, and each field names the one that won', () => {
  const { rule: effective, overridden } = effectiveRule(rule, [
    { source: '/overrides/0', terms: { parameters: { limit: 90 }, duration: '10m', labels: { tier: 'x' } } },
    { source: '/overrides/2', terms: { parameters: { limit: 95 }, severity: 'critical', enabled: false } },
  ]);
  expect(effective).toMatchObject({
    expression: 'disk > 95',
    annotations: { summary: 'over 95' },
    duration: '10m',
    severity: 'critical',
    labels: { team: 'a', tier: 'x' },
    enabled: false,
  });
  expect(overridden).toEqual([
    { field: '/duration', source: '/overrides/0', value: '5m', instead: '10m' },
    { field: '/labels/tier', source: '/overrides/0', value: null, instead: 'x' },
    { field: '/parameters/limit', source: '/overrides/2', value: 80, instead: 95 },
    { field: '/severity', source: '/overrides/2', value: 'warning', instead: 'critical' },
    { field: '/enabled', source: '/overrides/2', value: true, instead: false },
  ]);
});

it('a value that a later override puts back is not overridden', () => {
  const { overridden } = effectiveRule(rule, [
    { source: '/overrides/0', terms: { duration: '10m' } },
    { source: '/overrides/1', terms: { duration: '5m' } },
  ]);
  expect(overridden).toEqual([]);
});
