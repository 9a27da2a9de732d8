import { checkRemoval } from './removal-guard';
import { ruleIdentity, type RuleIdentity } from './rule-identity';
import { RefusedRevision, type VerifiedRevision } from './verify-revision';

const alerts = (count: number, prefix = 'Rule'): RuleIdentity[] =>
  Array.from({ length: count }, (_, index) => {
    const annotations = { alertagent_rule_id: `${prefix}-${index}`, alertagent_rule_version: '1' };
    return ruleIdentity('g', { name: `${prefix}${index}`, isAlert: true, labels: {}, annotations });
  });
const recordings = (count: number, prefix = 'record'): RuleIdentity[] =>
  Array.from({ length: count }, (_, index) =>
    ruleIdentity('g', { name: `${prefix}:${index}`, isAlert: false, labels: {}, annotations: undefined }),
  );

const revision = (confirmedFrom: string[] = []): VerifiedRevision => ({
  clusterId: 'c1',
  key: 'key',
  hash: 'next',
  revision: 7,
  rules: 0,
  emptyConfirmed: false,
  confirmedFrom,
  etag: null,
  body: Buffer.alloc(0),
});

const check = (before: RuleIdentity[], next: RuleIdentity[], from?: string[]): (() => void) => {
  return () => checkRemoval(revision(from), next, { hash: 'live', rules: before });
};

describe('a rule set that lacks rules of what is live', () => {
  it('is refused when they are at least five and more than three in ten, with what to do next', () => {
    expect(check(alerts(20), alerts(13))).toThrow(RefusedRevision);
    expect(check(alerts(20), alerts(13))).toThrow(
      /revision 7 would take 7 of the 20 rules away .* confirm revision 7 with the cluster's name \(POST \/api\/v1\/clusters\/c1\/removal\)/,
    );
    expect(check(alerts(5), [])).toThrow(/5 of the 5/);
  });

  it('is taken when they are a handful, or the share itself', () => {
    expect(check(alerts(20), alerts(14))).not.toThrow();
    expect(check(alerts(4), [])).not.toThrow();
  });

  it('is refused although as many others came', () => {
    expect(check(alerts(10), alerts(10, 'Other'))).toThrow(/10 of the 10/);
  });

  it('is taken when recording rules are renamed, and refused when they become fewer', () => {
    expect(check(recordings(10), recordings(10, 'other'))).not.toThrow();
    expect(check(recordings(10), recordings(5))).toThrow(/5 of the 10/);
  });

  it('is taken from the very content that was confirmed, and from no other', () => {
    expect(check(alerts(20), alerts(1), ['other', 'live'])).not.toThrow();
    expect(check(alerts(20), alerts(1), ['other'])).toThrow(RefusedRevision);
  });
});
