import { Clock, Metrics } from '@alertagent/service-kit';
import { AlertmanagerMetrics } from './alertmanager-requests.metrics';
import type { Member } from './member';
import { FAILURES_TO_OPEN, MemberBreakers } from './member-breakers';
import { MemberFailure, type RequestOutcome } from './member-failure';

class SetClock extends Clock {
  time = Date.parse('2030-01-01T00:00:00Z');
  now(): Date {
    return new Date(this.time);
  }
}

describe('the breaker of a member', () => {
  const clock = new SetClock();
  let metrics: Metrics;
  let breakers: MemberBreakers;
  const member = (address: string): Member => ({
    clusterId: 'c',
    cluster: 'shop',
    address,
    name: null,
    health: 'healthy',
  });
  const fail = (address: string, outcome: Exclude<RequestOutcome, 'answered'>): Promise<unknown> =>
    breakers
      .run(member(address), () => Promise.reject(new MemberFailure(outcome, 'failed')))
      .catch((error: unknown) => (error as MemberFailure).outcome);
  const answer = (address: string): Promise<string> => breakers.run(member(address), () => Promise.resolve('here'));
  const shown = async (): Promise<string[]> =>
    (await metrics.render()).body.split('\n').filter((line) => line.includes('breaker_state{') && line.endsWith(' 1'));

  beforeEach(() => {
    jest.useFakeTimers({ now: clock.time });
    metrics = new Metrics({ namespace: 'alertagent', processMetrics: false });
    breakers = new MemberBreakers(new AlertmanagerMetrics(metrics), clock);
  });
  afterEach(() => jest.useRealTimers());

  it('opens after failures in a row, for that member alone, and tries it again after a while', async () => {
    for (let round = 0; round < FAILURES_TO_OPEN; round += 1) expect(await fail('a', 'timeout')).toBe('timeout');
    await expect(answer('a')).rejects.toMatchObject({ outcome: 'skipped' });
    expect(breakers.stateOf(member('a'))).toBe('open');
    expect(await answer('b')).toBe('here');
    jest.setSystemTime(clock.time + 120_000);
    expect(await answer('a')).toBe('here');
    expect(breakers.stateOf(member('a'))).toBe('closed');
  });

  it('lets one request try the member; nobody waits for its end', async () => {
    for (let round = 0; round < FAILURES_TO_OPEN; round += 1) await fail('a', 'broken');
    jest.setSystemTime(clock.time + 120_000);
    let end: (value: string) => void = () => undefined;
    const trial = breakers.run(member('a'), () => new Promise<string>((resolve) => (end = resolve)));
    await expect(answer('a')).rejects.toMatchObject({ outcome: 'skipped' });
    end('back');
    expect(await trial).toBe('back');
    expect(await answer('a')).toBe('here');
  });

  it('is not opened by what says nothing against the member', async () => {
    for (const outcome of ['rejected', 'refused', 'not_allowed', 'rejected'] as const) await fail('a', outcome);
    expect(await answer('a')).toBe('here');
  });

  it('is shown, and forgotten when nobody asked the member for a while', async () => {
    for (let round = 0; round < FAILURES_TO_OPEN; round += 1) await fail('a', 'failed');
    expect(await shown()).toEqual(['alertagent_alertmanager_breaker_state{cluster="shop",member="a",status="open"} 1']);
    clock.time += 300_000;
    breakers.forgetIdle();
    expect(await shown()).toHaveLength(1);
    clock.time += 300_000;
    breakers.forgetIdle();
    expect(await shown()).toEqual([]);
  });
});
