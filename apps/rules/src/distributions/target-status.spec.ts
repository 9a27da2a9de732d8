import { NO_PROOF, type MemberProof } from './member-proof';
import { targetStatus, type Target, type TargetMember } from './target-status';

const NOW = new Date('2030-01-01T01:00:00Z');
const secondsAgo = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const target = (changes: Partial<Target> = {}): Target => ({
  version: 2,
  withdrawn: false,
  renderedRevision: 12,
  refusedReason: null,
  seenInRevision: 12,
  wasRemoved: false,
  ...changes,
});
const proven = (status: MemberProof['status'], changes: Partial<MemberProof> = {}): MemberProof => ({
  ...NO_PROOF,
  status,
  statusVersion: 2,
  loadedVersion: 2,
  ...changes,
});
const member = (name: string, proof: MemberProof | null, heard = secondsAgo(10)): TargetMember => ({
  name,
  lastHeard: heard,
  proof,
});

describe('how far a rule is on a cluster', () => {
  it('is live when every member proved exactly this version live', () => {
    const both = [member('p0', proven('live')), member('p1', proven('live'))];
    expect(targetStatus(target(), both, NOW)).toMatchObject({ status: 'live', reason: null });
  });

  it('is as far as its least advanced member', () => {
    const members = [member('p0', proven('live')), member('p1', proven('written'))];
    expect(targetStatus(target(), members, NOW).status).toBe('written');
  });

  it('is not live while a replica has said nothing about it, and not pending once it is served', () => {
    const members = [member('p0', proven('live')), member('p1', null)];
    expect(targetStatus(target(), members, NOW).status).toBe('rendered');
    expect(targetStatus(target({ renderedRevision: null }), members, NOW).status).toBe('pending');
  });

  it('is not live on the proof of an older version, and says which one runs', () => {
    const older = member('p0', proven('live', { statusVersion: 1, loadedVersion: 1 }));
    expect(targetStatus(target(), [older], NOW)).toMatchObject({
      status: 'rendered',
      reason: 'p0: still runs version 1',
    });
  });

  it('is failed when any member failed, and says where and why', () => {
    const members = [
      member('p0', proven('live')),
      member('p1', proven('failed', { reason: 'bad expression' })),
      member('p2', null),
    ];
    expect(targetStatus(target(), members, NOW)).toMatchObject({ status: 'failed', reason: 'p1: bad expression' });
  });

  it('is failed with the reason when it could not be rendered', () => {
    const refused = target({ renderedRevision: null, refusedReason: 'promtool said no' });
    expect(targetStatus(refused, [member('p0', null)], NOW)).toMatchObject({
      status: 'failed',
      reason: 'promtool said no',
    });
    expect(targetStatus(refused, [], NOW)).toMatchObject({ status: 'failed', reason: 'promtool said no' });
  });

  it('stays served when a later rendering is refused', () => {
    expect(targetStatus(target({ refusedReason: 'promtool said no' }), [member('p0', null)], NOW).status).toBe(
      'rendered',
    );
  });

  it('is never live without members', () => {
    expect(targetStatus(target(), [], NOW)).toMatchObject({ status: 'rendered', reason: 'no member has reported yet' });
  });

  it('is not called live when a member that proved it went silent', () => {
    const silent = member('p1', proven('live'), secondsAgo(181));
    const status = targetStatus(target(), [member('p0', proven('live')), silent], NOW);
    expect(status).toMatchObject({ status: 'rendered', reason: 'p1: not heard since 2030-01-01T00:56:59.000Z' });
    expect(status.members[1]).toMatchObject({
      name: 'p1',
      status: 'rendered',
      reason: 'not heard since 2030-01-01T00:56:59.000Z',
    });
  });
});

describe('whether a withdrawn rule is gone from a cluster', () => {
  const withdrawn = target({ withdrawn: true });
  const gone = { ...NO_PROOF, goneRevision: 13 };

  it('is removed only when every member proved it gone', () => {
    expect(targetStatus(withdrawn, [member('p0', gone), member('p1', proven('live'))], NOW).status).toBe('removing');
    expect(targetStatus(withdrawn, [member('p0', gone), member('p1', gone)], NOW).status).toBe('removed');
  });

  it('is being removed while nobody reported', () => {
    expect(targetStatus(withdrawn, [], NOW)).toMatchObject({
      status: 'removing',
      reason: 'no member has reported yet',
    });
  });

  it('is not removed by proof of a revision before the newest that held it', () => {
    expect(targetStatus({ ...withdrawn, seenInRevision: 14 }, [member('p0', gone)], NOW).status).toBe('removing');
  });

  it('stays removed when a new replica joins', () => {
    expect(targetStatus({ ...withdrawn, wasRemoved: true }, [member('p9', null)], NOW).status).toBe('removed');
  });
});
