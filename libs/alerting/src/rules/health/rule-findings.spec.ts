import { neededSelectors } from './needed-selectors';
import { ruleFindings, type MemberFacts, type RuleFacts } from './rule-findings';

const DAY = 24 * 3_600_000;
const NOW = Date.parse('2030-06-01T00:00:00Z');
const MEMBER: MemberFacts = {
  member: 'p0',
  isFailing: false,
  reason: null,
  evaluationSeconds: 0.1,
  groupSeconds: 1,
  intervalSeconds: 15,
  firingSince: null,
  since: NOW - 100 * DAY,
};
const WELL: RuleFacts = {
  kind: 'alerting',
  hasRunbook: true,
  members: [MEMBER],
  lastFiredAt: NOW - DAY / 2,
  withoutSeries: [],
  duplicates: [],
  isRouted: true,
};
const found = (changes: Partial<RuleFacts>) => ruleFindings({ ...WELL, ...changes }, NOW);
const member = (changes: Partial<MemberFacts>) => found({ members: [MEMBER, { ...MEMBER, member: 'p1', ...changes }] });

describe('what is found about a rule', () => {
  it('is nothing for one that is well, nor for one that nobody has shown yet', () => {
    expect(found({})).toEqual([]);
    expect(found({ members: [], lastFiredAt: null, withoutSeries: null, isRouted: null })).toEqual([]);
  });

  it('names the member where it fails, and why', () => {
    expect(member({ isFailing: true, reason: 'many-to-many matching' })).toEqual([
      { finding: 'failing', detail: 'p1: many-to-many matching', since: null },
    ]);
  });

  it('is slowness when the rule or its group takes longer than the interval, not when it takes just as long', () => {
    expect(member({ evaluationSeconds: 16 })).toMatchObject([
      { finding: 'slow', detail: expect.stringContaining('16.00 s') },
    ]);
    expect(member({ groupSeconds: 15.5 })).toMatchObject([
      { finding: 'slow', detail: expect.stringContaining('group') },
    ]);
    expect(member({ evaluationSeconds: 15, groupSeconds: 15 })).toEqual([]);
    expect(member({ evaluationSeconds: 99, intervalSeconds: null })).toEqual([]);
  });

  it('is that it always fires only after seven days without a break', () => {
    expect(member({ firingSince: NOW - 7 * DAY })).toMatchObject([{ finding: 'always-firing', since: NOW - 7 * DAY }]);
    expect(member({ firingSince: NOW - 6 * DAY })).toEqual([]);
  });

  it('is since when it has not fired: the last time, or since it is watched; never while it fires', () => {
    expect(found({ lastFiredAt: NOW - 40 * DAY })).toMatchObject([{ finding: 'never-fired', since: NOW - 40 * DAY }]);
    expect(found({ lastFiredAt: null })).toMatchObject([{ finding: 'never-fired', since: NOW - 100 * DAY }]);
    expect(found({ lastFiredAt: null, members: [{ ...MEMBER, since: NOW - DAY / 2 }] })).toEqual([]);
    expect(found({ lastFiredAt: null, members: [{ ...MEMBER, firingSince: NOW - DAY }] })).toEqual([]);
  });

  it('is what the rule itself lacks', () => {
    expect(
      found({ hasRunbook: false, isRouted: false, duplicates: ['other'], withoutSeries: ['up{job="x"}'] }).map(
        ({ finding }) => finding,
      ),
    ).toEqual(['no-series', 'duplicate', 'no-runbook', 'no-route']);
  });

  it('asks nothing of a recording rule that only alerts can have', () => {
    const recording = { kind: 'recording' as const, hasRunbook: false, isRouted: false, lastFiredAt: null };
    expect(found({ ...recording, duplicates: ['other'] }).map(({ finding }) => finding)).toEqual(['duplicate']);
  });
});

describe('the series that an expression needs', () => {
  it.each([
    ['sum(rate(a{b="c"}[5m])) / sum(d) > 1', ['a{b="c"}', 'd']],
    ['a / on() a', ['a']],
    ['absent(a) or absent_over_time(b[1h]) or c', ['c']],
    ['a{b="${c}"} > ${d} and e', ['e']],
    ['vector(1) > 0', []],
    ['sum(', []],
  ])('of %s are told', (expression, expected) => {
    expect(neededSelectors(expression)).toEqual(expected);
  });
});
