import { canJoin, incidentStatus, inWords } from './convergence';
import type { IncidentFacts } from './facts';

const rule = { window_ms: 300_000, window_kind: 'sliding', max_alerts: 10, max_lifetime_ms: 10_000_000 } as const;
const open = {
  status: 'open',
  opened_at: 500_000,
  last_alert_at: 1_000_000,
  alert_count: 3,
  settle_at: null,
} as IncidentFacts;

it.each([
  ['within the window', open, 1_300_000, true],
  ['a little before the last alert', open, 999_000, true],
  ['not after the window', open, 1_300_001, false],
  ['not beyond the cap', { ...open, alert_count: 10 }, 1_000_001, false],
  ['not when it is resolved', { ...open, status: 'resolved' as const }, 1_000_001, false],
  ['whatever the window while it waits for a come-back', { ...open, settle_at: 9_000_000 }, 5_000_000, true],
  ['not once that wait is over', { ...open, settle_at: 1_000_500 }, 1_000_500, false],
  ['not when it is too old, even if it waits', { ...open, settle_at: 99_000_000 }, 10_500_001, false],
])('an alert joins %s', (_, incident, at, join) => {
  const answer = canJoin(incident, rule, at, false);
  expect(answer.join).toBe(join);
  expect(answer.why).not.toBe('');
});

it('a fixed window counts from the opening, however lively the incident is', () => {
  const fixed = { ...rule, window_kind: 'fixed' } as const;
  const lively = { ...open, last_alert_at: 800_000 };
  expect(canJoin(lively, fixed, 800_000, false).join).toBe(true);
  expect(canJoin(lively, fixed, 800_001, false)).toEqual({
    join: false,
    why: '5m since it was opened, the window is 5m',
  });
});

it('a storm lifts the cap, but not the lifetime', () => {
  expect(canJoin({ ...open, alert_count: 50_000 }, rule, 1_000_001, true).join).toBe(true);
  expect(canJoin({ ...open, last_alert_at: 10_500_000 }, rule, 10_500_001, true).join).toBe(false);
});

it('an incident is resolved when, and only when, all its members are', () => {
  expect(incidentStatus(['resolved', 'resolved'])).toBe('resolved');
  expect(incidentStatus(['resolved', 'firing'])).toBe('firing');
  expect(incidentStatus([])).toBe('firing');
});

it.each([
  [0, '0s'],
  [250, '250ms'],
  [61_234, '1m1s'],
])('%d ms reads %s', (ms, text) => {
  expect(inWords(ms)).toBe(text);
});
