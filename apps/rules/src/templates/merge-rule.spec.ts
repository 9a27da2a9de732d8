import type { RuleOverride } from '@alertagent/contracts';
import { mergeRule } from './merge-rule';
import { ruleTerms, type RuleTerms } from './rule-terms';

const terms = (changes: Partial<RuleTerms> = {}): RuleTerms => ({
  ...ruleTerms({ name: 'Full', group: 'g', expression: 'used > ${limit}', targets: ['a'], parameters: { limit: 90 } }),
  ...changes,
});
const merge = (applied: RuleTerms, current: RuleTerms, next: RuleTerms, overwrite = false) =>
  mergeRule({ applied, current, next }, { overwrite });

describe('a rule of an instance', () => {
  it('takes what the template changed where nobody else did', () => {
    const next = terms({ expression: 'used > ${limit} + 1', duration: '5m' });
    expect(merge(terms(), terms(), next)).toMatchObject({ action: 'update', terms: next, kept: [], conflicts: [] });
  });

  it('stays as it is when nothing changed', () => {
    expect(merge(terms(), terms(), terms())).toMatchObject({ action: 'none', changes: [] });
  });

  it('keeps what was changed by hand where the template says nothing new', () => {
    const current = terms({ expression: 'used > 1', severity: 'critical', targets: ['b'], enabled: false });
    const merged = merge(terms(), current, terms({ duration: '5m' }));
    expect(merged).toMatchObject({
      action: 'update',
      terms: { ...current, duration: '5m' },
      changes: [{ field: '/duration', before: null, after: '5m' }],
    });
    expect(merged.kept).toEqual(['/expression', '/severity', '/enabled', '/targets']);
  });

  it('is left alone when both changed the same field to different things, unless it may be overwritten', () => {
    const [current, next] = [terms({ expression: 'mine' }), terms({ expression: 'theirs' })];
    expect(merge(terms(), current, next)).toMatchObject({
      action: 'conflict',
      terms: current,
      conflicts: ['/expression'],
    });
    expect(merge(terms(), current, next, true)).toMatchObject({ action: 'update', terms: next });
    expect(merge(terms(), next, next)).toMatchObject({ action: 'none' });
  });

  it('keeps values of parameters that were changed by hand, although the template has another default now', () => {
    const merged = merge(
      terms({ parameters: { limit: 90, gone: 1 } }),
      terms({ parameters: { limit: 95, gone: 1 } }),
      terms({ parameters: { limit: 80, fresh: 2 } }),
      true,
    );
    expect(merged.terms.parameters).toEqual({ limit: 95, fresh: 2 });
    expect(merged.kept).toEqual(['/parameters/limit']);
  });

  it('keeps overrides, but not those of parameters that it has no more', () => {
    const overrides: RuleOverride[] = [
      { target: 'a', parameters: { limit: 70, gone: 5 } },
      { target: 'b', parameters: { gone: 5 } },
      { target: 'c', severity: 'info' },
    ];
    const merged = merge(terms(), terms({ overrides }), terms());
    expect(merged.terms.overrides).toEqual([{ target: 'a', parameters: { limit: 70 } }, overrides[2]]);
    expect(merged.kept).toEqual(['/overrides']);
  });

  it('goes where the instance says when that changed', () => {
    const merged = merge(terms(), terms({ targets: ['b'] }), terms({ targets: ['c'] }));
    expect(merged).toMatchObject({ action: 'update', terms: { targets: ['c'] } });
  });
});
