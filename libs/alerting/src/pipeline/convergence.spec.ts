import { canJoin, incidentStatus } from './convergence';

const policy = { window_ms: 300_000, max_alerts: 10 };
const open = { status: 'firing', opened_at_ms: 0, last_alert_at_ms: 1_000_000, alert_count: 3 };

it.each([
  ['within the window', open, 1_300_000, true],
  ['a little before the last alert', open, 999_000, true],
  ['after the window', open, 1_300_001, false],
  ['when the cap is reached', { ...open, alert_count: 10 }, 1_000_001, false],
  ['when the incident is resolved', { ...open, status: 'resolved' }, 1_000_001, false],
])('%s', (_, incident, at, join) => {
  const answer = canJoin(incident, policy, at);
  expect(answer.join).toBe(join);
  expect(answer.why).not.toBe('');
});

it('an incident is resolved when, and only when, all its members are', () => {
  expect(incidentStatus(['resolved', 'resolved'])).toBe('resolved');
  expect(incidentStatus(['resolved', 'firing'])).toBe('firing');
  expect(incidentStatus([])).toBe('firing');
});
