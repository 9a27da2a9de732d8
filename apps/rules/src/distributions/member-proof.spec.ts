import { afterReport, NO_PROOF, type MemberProof, type ReportedTarget, type RuleEvidence } from './member-proof';

const AT = new Date('2030-01-01T00:00:10Z');
const target = (changes: Partial<ReportedTarget> = {}): ReportedTarget => ({
  version: 2,
  withdrawn: false,
  renderedRevision: 12,
  seenInRevision: 12,
  withdrawnAt: null,
  ...changes,
});
const report = (changes: Partial<RuleEvidence> = {}): RuleEvidence => ({
  state: 'live',
  revision: 12,
  reason: null,
  exact: false,
  reportedAt: AT,
  ...changes,
});
const live = { rule_version: 2, status: 'live' as const, reason: null };
const LIVE: MemberProof = { status: 'live', statusVersion: 2, reason: null, loadedVersion: 2, goneRevision: null };

describe('what a report proves about a rule', () => {
  it('is live only by an entry with the exact version', () => {
    expect(afterReport(target(), NO_PROOF, report({ entry: live }))).toEqual(LIVE);
    expect(afterReport(target(), NO_PROOF, report()).status).toBe('pending');
    expect(afterReport(target(), NO_PROOF, report({ entry: { ...live, rule_version: 1 } }))).toMatchObject({
      statusVersion: null,
      loadedVersion: 1,
    });
  });

  it('is progress when the member handles a revision that holds the version', () => {
    expect(afterReport(target(), NO_PROOF, report({ state: 'fetched' }))).toMatchObject({
      status: 'fetched',
      statusVersion: 2,
    });
    expect(afterReport(target(), NO_PROOF, report({ state: 'fetched', revision: 11 }))).toEqual(NO_PROOF);
    expect(afterReport(target({ renderedRevision: null }), NO_PROOF, report({ state: 'fetched' }))).toEqual(NO_PROOF);
  });

  it('does not take back what was proven when the member goes on to a later revision', () => {
    expect(afterReport(target(), LIVE, report({ state: 'reloaded', revision: 13 }))).toEqual(LIVE);
    expect(afterReport(target(), LIVE, report({ state: 'failed', revision: 13, reason: 'bad file' }))).toEqual(LIVE);
  });

  it('takes it back when the member shows another version than it was proven to run', () => {
    const former = { ...live, rule_version: 1 };
    expect(afterReport(target(), LIVE, report({ revision: 13, exact: true, entry: former }))).toEqual({
      ...NO_PROOF,
      loadedVersion: 1,
    });
  });

  it('is a failure when the member could not apply the revision that brought the version', () => {
    const failed = afterReport(target(), NO_PROOF, report({ state: 'failed', reason: 'reload refused' }));
    expect(failed).toMatchObject({ status: 'failed', statusVersion: 2, reason: 'reload refused' });
    expect(afterReport(target(), failed, report({ state: 'fetched', revision: 13 })).status).toBe('fetched');
  });

  it('is a failure when the member shows everything it loaded and the rule is not among it', () => {
    expect(afterReport(target(), LIVE, report({ exact: true }))).toMatchObject({
      status: 'failed',
      loadedVersion: null,
    });
  });

  it('follows the newest entry down as well as up', () => {
    expect(
      afterReport(target(), LIVE, report({ entry: { ...live, status: 'failed', reason: 'unknown function' } })).status,
    ).toBe('failed');
  });
});

describe('what a report proves about a withdrawn rule', () => {
  const withdrawn = target({ withdrawn: true, withdrawnAt: new Date('2030-01-01T00:00:00Z') });

  it('is gone by an exact report of a later revision without it', () => {
    expect(afterReport(withdrawn, LIVE, report({ exact: true, revision: 13 })).goneRevision).toBe(13);
  });

  it('is not gone by an inexact report, by the revision that held it, or by one from before', () => {
    expect(afterReport(withdrawn, LIVE, report({ revision: 13 })).goneRevision).toBeNull();
    expect(afterReport(withdrawn, LIVE, report({ exact: true, revision: 12 })).goneRevision).toBeNull();
    expect(afterReport(withdrawn, LIVE, report({ exact: true, revision: 11 })).goneRevision).toBeNull();
  });

  it('needs a report younger than the withdrawal when no revision is known to have held it', () => {
    const never = { ...withdrawn, renderedRevision: null, seenInRevision: 0 };
    expect(afterReport(never, NO_PROOF, report({ exact: true, revision: 5 })).goneRevision).toBe(5);
    const older = report({ exact: true, revision: 5, reportedAt: new Date('2029-12-31T23:59:59Z') });
    expect(afterReport(never, NO_PROOF, older).goneRevision).toBeNull();
  });

  it('is back when the member shows it again', () => {
    const gone = { ...NO_PROOF, goneRevision: 13 };
    expect(afterReport(withdrawn, gone, report({ exact: true, revision: 14, entry: live }))).toMatchObject({
      goneRevision: null,
      loadedVersion: 2,
    });
  });
});
