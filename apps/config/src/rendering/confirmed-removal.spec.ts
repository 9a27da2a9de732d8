import type { RevisionRule } from '@alertagent/contracts';
import type { ConfigHistory, FormerFile } from '../revisions/revisions.store';
import { confirmedFrom as named } from './confirmed-removal';

const LIMITS = { maxPercent: 30, minRules: 5 };
const rules = (from: number, to: number): RevisionRule[] =>
  Array.from({ length: to - from }, (_, index) => ({
    rule_id: String(from + index),
    rule_version: 1,
    group: 'g',
    name: `Rule ${from + index}`,
  }));
const file = (hash: string, manifest: RevisionRule[]): FormerFile => ({ hash, manifest });

const past = (served: FormerFile, changes: Partial<ConfigHistory> = {}, carried: string[] = []): ConfigHistory => ({
  lastRevision: 5,
  isRetired: false,
  served: { ...served, revision: 5, confirmedFrom: carried },
  refused: null,
  isHeld: false,
  formerly: [],
  confirmedHash: null,
  confirmedFrom: [],
  ...changes,
});

const confirmedFrom = (history: ConfigHistory, former: FormerFile[], next: FormerFile): string[] =>
  named(history, former, next, LIMITS);

describe('what a file that lacks many rules may follow', () => {
  const all = file('all', rules(0, 20));
  const few = file('few', rules(0, 3));

  it('is nothing while nobody confirmed that very file', () => {
    expect(confirmedFrom(past(all), [all], few)).toEqual([]);
    expect(confirmedFrom(past(all, { confirmedHash: 'other', confirmedFrom: ['member'] }), [all], few)).toEqual([]);
  });

  it('is what was served before and what members said they have, once somebody confirmed it', () => {
    const older = file('older', rules(0, 30));
    const small = file('small', rules(0, 4));
    const history = past(all, { confirmedHash: 'few', confirmedFrom: ['member', 'few'] });
    expect(confirmedFrom(history, [all, older, small], few)).toEqual(['member', 'all', 'older']);
  });

  it('stays so for the files after it, for those who slept through it', () => {
    const next = file('next', rules(0, 4));
    expect(confirmedFrom(past(few, {}, ['all', 'member']), [few, all], next)).toEqual(['all', 'member']);
  });

  it('is what was served before when the rules were withdrawn a few at a time', () => {
    const [most, some] = [file('most', rules(0, 15)), file('some', rules(0, 12))];
    expect(confirmedFrom(past(most), [most, all], some)).toEqual(['all']);
  });

  it('is not what was left by a step that nobody confirmed, whoever let it pass', () => {
    const [three, next] = [file('three', rules(0, 3)), file('next', rules(0, 2))];
    expect(confirmedFrom(past(three), [three, all], next)).toEqual([]);
  });

  it('is at most two dozen contents', () => {
    const members = Array.from({ length: 40 }, (_, index) => `member ${index}`);
    expect(confirmedFrom(past(all, { confirmedHash: 'few', confirmedFrom: members }), [all], few)).toHaveLength(24);
  });
});
