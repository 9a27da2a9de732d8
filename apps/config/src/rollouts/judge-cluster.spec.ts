import { heardOf, judgeCluster, type WatchedMember } from './judge-cluster';

const AT = new Date('2030-01-01T00:00:00Z');
const sent = { clusterName: 'paris', revision: 7, firingBefore: 2 };
const member = (change: Partial<WatchedMember> = {}): WatchedMember => ({
  member: 'prometheus-0',
  state: 'live',
  revision: 7,
  reason: null,
  exact: true,
  failingRules: 0,
  waitingRules: 0,
  firingAlerts: 2,
  evaluationMs: 10,
  lastSeen: AT,
  ...change,
});

describe('judging a cluster', () => {
  it('is reached when every member runs exactly the revision and has evaluated all of it', () => {
    expect(judgeCluster(sent, [member(), member({ member: 'prometheus-1' })], {})).toEqual({
      kind: 'reached',
      lastSeen: AT,
    });
    for (const short of [
      { state: 'reloaded' as const },
      { revision: 6 },
      { exact: false },
      { exact: null },
      { waitingRules: 1 },
      { waitingRules: null },
    ])
      expect(judgeCluster(sent, [member(), member(short)], {}).kind).toBe('pending');
  });

  it('is unreachable when nobody was heard of lately', () => {
    expect(judgeCluster(sent, [], {}).kind).toBe('unreachable');
    const later = new Date(AT.getTime() + 90_001);
    expect(heardOf([member(), member({ lastSeen: later })], later, 90_000)).toHaveLength(1);
  });

  it('violates a gate by any member, and only with the revision it was sent', () => {
    const gates = { max_failing_rules: 1, max_evaluation_seconds: 0.5, max_new_firing: 3 };
    for (const bad of [{ state: 'failed' as const }, { failingRules: 2 }, { evaluationMs: 501 }, { firingAlerts: 6 }]) {
      expect(judgeCluster(sent, [member(), member(bad)], gates).kind).toBe('violated');
      expect(judgeCluster(sent, [member(), member({ ...bad, revision: 6 })], gates).kind).toBe('pending');
    }
    const atTheLimit = member({ failingRules: 1, evaluationMs: 500, firingAlerts: 5 });
    expect(judgeCluster(sent, [atTheLimit], gates).kind).toBe('reached');
  });

  it('judges nothing that a member does not tell', () => {
    const silent = member({ failingRules: null, evaluationMs: null, firingAlerts: null });
    expect(judgeCluster(sent, [silent], { max_evaluation_seconds: 0, max_new_firing: 0 }).kind).toBe('reached');
  });
});
