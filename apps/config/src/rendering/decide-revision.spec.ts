import type { ConfigType, RevisionRule } from '@alertagent/contracts';
import type { ConfigHistory } from '../revisions/revisions.store';
import { decideRevision as decide } from './decide-revision';
import type { DesiredFile } from './desired-file';

const entry = (rule_id: string, rule_version = 1): RevisionRule => ({
  rule_id,
  rule_version,
  group: 'g',
  name: `Rule ${rule_id}`,
});

const history = (manifest: RevisionRule[] | null, hash = 'old'): ConfigHistory => ({
  lastRevision: manifest ? 1 : 0,
  isRetired: false,
  served: manifest && { revision: 1, hash, manifest, confirmedFrom: [] },
  refused: null,
  isHeld: false,
  formerly: [],
  confirmedHash: null,
  confirmedFrom: [],
});

const decideRevision = (...[type, past, wanted]: [ConfigType, ConfigHistory, DesiredFile]) =>
  decide(type, past, wanted, { maxPercent: 30, minRules: 5 });

const desired = (manifest: RevisionRule[], withdrawn: string[] = [], hash = 'new'): DesiredFile => ({
  kind: 'rendered',
  content: 'groups: []',
  hash,
  manifest,
  withdrawnRuleIds: new Set(withdrawn),
});

describe('deciding what becomes of a render', () => {
  it('publishes a first file and every changed one', () => {
    expect(decideRevision('prometheus-rules', history(null), desired([entry('a')]))).toMatchObject({
      kind: 'publish',
      emptyConfirmed: false,
    });
    expect(decideRevision('prometheus-rules', history([entry('a')]), desired([entry('a', 2)]))).toMatchObject({
      kind: 'publish',
    });
  });

  it('leaves the same bytes alone', () => {
    const same = decideRevision('prometheus-rules', history([entry('a')], 'same'), desired([entry('a')], [], 'same'));
    expect(same).toEqual({ kind: 'leave', outcome: 'unchanged' });
  });

  it('publishes the same bytes once more when somebody confirmed them for members that have others', () => {
    const wanted = desired([], ['a'], 'same');
    const past = { ...history([], 'same'), confirmedHash: 'same', confirmedFrom: ['member'] };
    expect(decideRevision('prometheus-rules', past, wanted)).toMatchObject({ kind: 'publish', emptyConfirmed: true });
    const served = past.served && { ...past.served, confirmedFrom: ['member'] };
    expect(decideRevision('prometheus-rules', { ...past, served }, wanted).kind).toBe('leave');
    const other = { ...past, confirmedHash: 'other' };
    expect(decideRevision('prometheus-rules', other, wanted).kind).toBe('leave');
  });

  it('refuses when a rule vanishes that nobody withdrew, even beside one that was withdrawn', () => {
    const decision = decideRevision(
      'prometheus-rules',
      history([entry('a'), entry('b'), entry('c')]),
      desired([entry('a')], ['b']),
    );
    expect(decision).toEqual({ kind: 'refuse', reason: '1 rule would vanish although nobody withdrew it: g/Rule c' });
  });

  it('names at most five of many lost rules', () => {
    const lost = Array.from({ length: 7 }, (_, index) => entry(String(index)));
    expect(decideRevision('prometheus-rules', history(lost), desired([entry('new')]))).toMatchObject({
      reason: expect.stringMatching(/^7 rules .* and 2 more$/) as string,
    });
  });

  it('confirms emptiness only when the last rule was withdrawn', () => {
    const confirmed = decideRevision('prometheus-rules', history([entry('a')]), desired([], ['a']));
    expect(confirmed).toMatchObject({ kind: 'publish', emptyConfirmed: true });
    expect(decideRevision('prometheus-rules', history([entry('a')]), desired([]))).toMatchObject({ kind: 'refuse' });
    expect(decideRevision('prometheus-rules', history(null), desired([]))).toEqual({
      kind: 'leave',
      outcome: 'skipped',
    });
  });

  it('does not take an Alertmanager configuration for an empty rule file', () => {
    expect(decideRevision('alertmanager-config', history(null), desired([]))).toMatchObject({
      kind: 'publish',
      emptyConfirmed: false,
    });
  });

  it('refuses what could not be rendered', () => {
    const broken: DesiredFile = {
      kind: 'unrenderable',
      reason: 'half a character',
      manifest: [],
      withdrawnRuleIds: new Set(),
    };
    expect(decideRevision('prometheus-rules', history(null), broken)).toEqual({
      kind: 'refuse',
      reason: 'half a character',
    });
  });

  describe('about the removal of many rules', () => {
    const all = Array.from({ length: 20 }, (_, index) => entry(String(index)));
    const ids = all.map(({ rule_id }) => rule_id);

    it('refuses more than the share, although somebody withdrew them, until that very file is confirmed', () => {
      const wanted = desired(all.slice(7), ids, 'less');
      expect(decideRevision('prometheus-rules', history(all), wanted)).toMatchObject({
        kind: 'refuse',
        reason: expect.stringContaining('7 of 20 rules would be removed (g/Rule 0, ') as string,
      });
      for (const [confirmedHash, kind] of [
        ['other', 'refuse'],
        ['less', 'publish'],
      ] as const) {
        const past = { ...history(all), confirmedHash };
        expect(decideRevision('prometheus-rules', past, wanted)).toMatchObject({ kind });
      }
    });

    it('lets the share itself, and a handful of rules, go', () => {
      expect(decideRevision('prometheus-rules', history(all), desired(all.slice(6), ids)).kind).toBe('publish');
      expect(decideRevision('prometheus-rules', history(all.slice(0, 4)), desired([], ids)).kind).toBe('publish');
    });

    it('counts what went one by one', () => {
      const past = { ...history(all.slice(6)), formerly: all };
      expect(decideRevision('prometheus-rules', past, desired(all.slice(7), ids)).kind).toBe('refuse');
    });

    it('refuses an empty file of many rules', () => {
      expect(decideRevision('prometheus-rules', history(all), desired([], ids)).kind).toBe('refuse');
    });
  });
});
