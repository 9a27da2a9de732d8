import type { Judgement } from './judge-cluster';
import { nextStep, type RolloutUnderWay, type StandingCluster } from './next-step';

const AT = Date.parse('2030-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(AT + seconds * 1000);

const rollout = (change: Partial<RolloutUnderWay> = {}): RolloutUnderWay => ({
  state: 'running',
  wave: 1,
  plan: { waves: [{ percent: 10 }, { percent: 100 }], soakSeconds: 60, deadlineSeconds: 300 },
  gates: {},
  watchedFrom: at(0),
  ...change,
});

const cluster = (
  name: string,
  row: Partial<StandingCluster['row']> = {},
  judgement: Judgement | null = null,
  isOurs = true,
): StandingCluster => ({
  row: { clusterId: name, clusterName: name, wave: 1, state: 'staged', sentAt: null, liveAt: null, ...row },
  judgement,
  isOurs,
});

const reached = (seconds: number): Judgement => ({ kind: 'reached', lastSeen: at(seconds) });
const violated: Judgement = { kind: 'violated', reason: 'too bad' };
const silent: Judgement = { kind: 'unreachable', reason: 'silent' };
const pending: Judgement = { kind: 'pending', reason: 'loading' };
const sent = { state: 'sent' as const, sentAt: at(0) };
const live = { state: 'live' as const, sentAt: at(0), liveAt: at(10) };
const later = cluster('later', { wave: 2 });

describe('the next step of a rollout', () => {
  it('sends the wave under way and nobody else', () => {
    expect(nextStep(rollout(), [cluster('a'), cluster('b'), later], at(0))).toEqual({
      kind: 'send',
      clusterIds: ['a', 'b'],
    });
  });

  it('stops for a violated gate before anything else, also while paused and for a wave that is through', () => {
    const clusters = [cluster('a', live, violated), cluster('b', { wave: 2 })];
    expect(nextStep(rollout({ wave: 2 }), clusters, at(0))).toEqual({ kind: 'stop', reason: 'too bad' });
    expect(nextStep(rollout({ state: 'paused' }), clusters, at(0)).kind).toBe('stop');
  });

  it('notes who is proven, and waits for the soak and for a report made after it', () => {
    expect(nextStep(rollout(), [cluster('a', sent, reached(10)), later], at(11))).toEqual({
      kind: 'reached',
      clusterIds: ['a'],
    });
    expect(nextStep(rollout(), [cluster('a', live, reached(69)), later], at(200)).kind).toBe('wait');
    expect(nextStep(rollout(), [cluster('a', live, reached(70)), later], at(200)).kind).toBe('next_wave');
    expect(nextStep(rollout(), [cluster('a', live, pending), later], at(200)).kind).toBe('wait');
  });

  it('takes the soak of the wave where it has one, completes after the last one and passes over empty ones', () => {
    const plan = { ...rollout().plan, waves: [{ percent: 10 }, { percent: 100, soak_seconds: 0 }] };
    const last = cluster('a', { ...live, wave: 2 }, reached(10));
    expect(nextStep(rollout({ wave: 2, plan }), [last], at(10)).kind).toBe('complete');
    expect(nextStep(rollout({ plan }), [last], at(10)).kind).toBe('next_wave');
  });

  it('stops for a cluster that is late and pauses for one that is silent, unless so many may be', () => {
    const others = [cluster('a', live, reached(400)), later];
    expect(nextStep(rollout(), [cluster('b', sent, pending), ...others], at(300)).kind).toBe('wait');
    expect(nextStep(rollout(), [cluster('b', sent, pending), ...others], at(301)).kind).toBe('stop');
    const quiet = [cluster('b', sent, silent), ...others];
    expect(nextStep(rollout(), quiet, at(300)).kind).toBe('wait');
    expect(nextStep(rollout(), quiet, at(301)).kind).toBe('pause');
    expect(nextStep(rollout({ watchedFrom: at(200) }), quiet, at(301)).kind).toBe('wait');
    expect(nextStep(rollout({ gates: { max_unreachable: 1 } }), quiet, at(301)).kind).toBe('next_wave');
  });

  it('pauses for a cluster that was live and fell silent', () => {
    const quiet = [cluster('a', live, silent), later];
    expect(nextStep(rollout(), quiet, at(370)).kind).toBe('wait');
    expect(nextStep(rollout(), quiet, at(371)).kind).toBe('pause');
  });

  it('leaves a cluster that somebody else decides on, before it judges it', () => {
    const taken = cluster('a', live, violated, false);
    expect(nextStep(rollout(), [taken, later], at(0))).toMatchObject({ kind: 'leave', clusterIds: ['a'] });
  });

  it('sends nothing while paused', () => {
    expect(nextStep(rollout({ state: 'paused' }), [cluster('a')], at(0)).kind).toBe('wait');
  });
});
