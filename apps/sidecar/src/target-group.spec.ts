import type { LoadProof, RuleStanding } from './rule-proof';
import type { ConfigContent, ReloadAnswer, Target, TargetHealth } from './target';
import { TargetGroup } from './target-group';

const rule = { group: 'g', name: 'Alpha', ruleId: null, ruleVersion: null, isRecording: false, key: 'k' };
const content: ConfigContent = { bytes: Buffer.from(''), hash: '', rules: [rule] };
const proofOf = (
  standing: RuleStanding['standing'],
  detail: string | null = null,
  measured: Pick<RuleStanding, 'evaluationSeconds' | 'firing'> = { evaluationSeconds: null, firing: 0 },
): LoadProof => ({
  loaded: detail === null,
  detail,
  rules: [{ rule, standing, reason: null, health: null, lastEvaluation: null, intervalSeconds: 15, ...measured }],
});

const HEALTHY: TargetHealth = {
  healthy: true,
  response_ms: 5,
  kind: 'prometheus',
  version: '3.5.0',
  clock_ahead_ms: 20,
};

describe('several targets that read one file', () => {
  const sinces: (number | null)[] = [];
  const target = (answer: ReloadAnswer, proof: LoadProof, shown: Partial<TargetHealth> = {}): Target => ({
    check: { tool: 'promtool', args: [] },
    minimalConfig: Buffer.from(''),
    longestRetry: 2,
    isExact: false,
    reload: () => Promise.resolve(answer),
    prove: (_content, since) => {
      sinces.push(since);
      return Promise.resolve(proof);
    },
    health: () => Promise.resolve({ ...HEALTHY, ...shown }),
  });
  const group = (...members: [Target, Target]): TargetGroup => {
    const [first, second] = members;
    return new TargetGroup([
      { name: 'one:9090', target: first },
      { name: 'two:9090', target: second },
    ]);
  };
  const accepted = (at: number): ReloadAnswer => ({ kind: 'accepted', at });
  beforeEach(() => sinces.splice(0));

  it('are reloaded with the worst of their answers, by name', async () => {
    const down = target({ kind: 'unreachable', reason: 'down' }, proofOf('live'));
    expect(await group(target(accepted(1), proofOf('live')), down).reload()).toEqual({
      kind: 'unreachable',
      reason: 'two:9090: down',
    });
    const bad = target({ kind: 'refused', reason: 'bad' }, proofOf('live'));
    expect((await group(down, bad).reload()).kind).toBe('refused');
  });

  it('run a rule as far as the one that is furthest behind', async () => {
    const behind = group(target(accepted(1), proofOf('live')), target(accepted(1), proofOf('loaded')));
    expect(await behind.prove(content, null)).toMatchObject({ loaded: true, rules: [{ standing: 'loaded' }] });

    const lacking = group(target(accepted(1), proofOf('live')), target(accepted(1), proofOf('missing', 'lacks it')));
    expect(await lacking.prove(content, null)).toMatchObject({
      loaded: false,
      detail: 'two:9090: lacks it',
      rules: [{ standing: 'missing' }],
    });
  });

  it('are each held against their own clock', async () => {
    const both = group(target(accepted(100), proofOf('live')), target(accepted(900), proofOf('live')));
    await both.reload();
    await both.prove(content, 100);
    expect(sinces).toEqual([100, 900]);
  });

  it('are healthy when all are', async () => {
    const one = target(accepted(1), proofOf('live'));
    expect(await group(one, one).health()).toEqual(HEALTHY);
    const down = { healthy: false, response_ms: null, kind: null, version: null, clock_ahead_ms: null };
    expect(await group(one, target(accepted(1), proofOf('live'), down)).health()).toEqual({
      ...HEALTHY,
      healthy: false,
      response_ms: null,
    });
  });

  it('tell the clock that is furthest off, all versions, and a kind only if it is one', async () => {
    const one = target(accepted(1), proofOf('live'));
    const other = target(accepted(1), proofOf('live'), { kind: 'vmalert', version: '1.120.0', clock_ahead_ms: -9_000 });
    expect(await group(one, other).health()).toMatchObject({
      kind: null,
      version: '3.5.0, 1.120.0',
      clock_ahead_ms: -9_000,
    });
  });

  it('tell of a rule what fires most and what takes longest, whichever is behind', async () => {
    const behind = target(accepted(1), proofOf('loaded', null, { evaluationSeconds: null, firing: 0 }));
    const ahead = target(accepted(1), proofOf('live', null, { evaluationSeconds: 0.5, firing: 3 }));
    expect((await group(behind, ahead).prove(content, null)).rules).toMatchObject([
      { standing: 'loaded', evaluationSeconds: 0.5, firing: 3 },
    ]);
  });

  it('are tried again as seldom as each of them', () => {
    const one = target(accepted(1), proofOf('live'));
    expect(group(one, one).longestRetry).toBe(2);
  });
});
