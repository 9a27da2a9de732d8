import { isChange } from './is-change';

const live = { state: 'live' as const, revision: 4, hash: 'h', reason: null, driftRepaired: 0, trustedKey: 'k' };

describe('the history of a member', () => {
  it('begins with the first state that lasts', () => {
    expect(isChange(null, live)).toBe(true);
    expect(isChange(null, { ...live, state: 'fetched' })).toBe(false);
  });

  it.each([
    ['another state', { state: 'loaded' as const }],
    ['another revision', { revision: 5 }],
    ['another file', { hash: 'i' }],
    ['a failure', { state: 'failed' as const, reason: 'why' }],
    ['a step that goes no further', { state: 'written' as const, reason: 'the target is down' }],
    ['another key', { trustedKey: 'l' }],
    ['another key in the middle of a change', { state: 'written' as const, trustedKey: 'l' }],
    ['a repair', { driftRepaired: 1 }],
    ['a repair in the middle of a change', { state: 'written' as const, driftRepaired: 1 }],
  ])('has %s', (_what, change) => {
    expect(isChange(live, { ...live, ...change })).toBe(true);
  });

  it('has neither heartbeats nor mere steps', () => {
    expect(isChange(live, { ...live })).toBe(false);
    for (const state of ['fetched', 'written', 'reloaded'] as const)
      expect(isChange(live, { ...live, state, revision: 5 })).toBe(false);
  });

  it('has neither the first key nor that a sidecar begins or ceases to tell', () => {
    for (const [before, after] of [
      ['', 'k'],
      [null, 'k'],
      ['k', null],
    ])
      expect(isChange({ ...live, trustedKey: before! }, { ...live, trustedKey: after! })).toBe(false);
  });

  it('takes a row of a former version, which does not know about repairs, as one without any', () => {
    expect(isChange({ ...live, driftRepaired: null }, live)).toBe(false);
  });
});
