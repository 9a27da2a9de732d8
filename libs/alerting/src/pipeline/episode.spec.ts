import fc from 'fast-check';
import { normaliseAlert, type NormalisedAlert } from '../webhook/normalised-alert';
import { decideEpisode, type KnownEpisode } from './episode';

function event(status: 'firing' | 'resolved', second = '10'): NormalisedAlert {
  return normaliseAlert({ status, labels: { a: 'b' }, startsAt: `2026-11-22T10:40:${second}Z` }, 'c1');
}

function known(status: 'firing' | 'resolved'): KnownEpisode {
  return { status, starts_at_ms: event('firing').starts_at_ms, ends_at_ms: null };
}

it.each([
  ['the first firing event opens', null, event('firing'), { kind: 'opened' }],
  ['a repeated firing event is a duplicate', known('firing'), event('firing'), { kind: 'duplicate' }],
  ['the end of a firing episode resolves it', known('firing'), event('resolved'), { kind: 'resolved', late: false }],
  ['a repeated end is a duplicate', known('resolved'), event('resolved'), { kind: 'duplicate' }],
  ['firing after the end is stale and never reopens', known('resolved'), event('firing'), { kind: 'stale' }],
  ['an end without a beginning is a late resolve', null, event('resolved'), { kind: 'resolved', late: true }],
  ['a later start opens a new episode', known('resolved'), event('firing', '20'), { kind: 'opened' }],
  ['news of an earlier episode is stale', known('firing'), event('resolved', '05'), { kind: 'stale' }],
] as const)('%s', (_, before, received, outcome) => {
  const decided = decideEpisode(before, received);
  expect(decided).toMatchObject(outcome);
  expect(decided.why).not.toBe('');
});

it('in whatever order and however often the events of an episode arrive, it ends resolved and opens at most once', () => {
  const events = fc.array(fc.constantFrom<'firing' | 'resolved'>('firing', 'resolved'), { minLength: 1 });
  fc.assert(
    fc.property(events, (statuses) => {
      let state: KnownEpisode | null = null;
      let opened = 0;
      for (const status of statuses) {
        const outcome = decideEpisode(state, event(status));
        if (outcome.kind === 'opened') opened += 1;
        if (outcome.kind === 'opened' || outcome.kind === 'resolved') state = known(status);
      }
      expect(opened).toBeLessThanOrEqual(1);
      expect(state?.status).toBe(statuses.includes('resolved') ? 'resolved' : 'firing');
    }),
  );
});
