import type { MemberReported } from '@alertagent/contracts';
import { checkOf, clockAheadOf, isBare } from './report-check';

const report = (changes: Partial<MemberReported> = {}): MemberReported => ({
  cluster_id: 'c',
  type: 'prometheus-rules',
  member: 'p0',
  state: 'live',
  target: { healthy: true, clock_ahead_ms: 400 },
  rules: [],
  exact: false,
  clock_ahead_ms: -200,
  reported_at: '2030-01-01T00:00:00.000Z',
  ...changes,
});

describe('a report', () => {
  it('tells how far a member’s clock is off: its sidecar’s and, against that, its own', () => {
    expect(clockAheadOf(report())).toBe(200);
    expect(clockAheadOf(report({ target: null }))).toBe(-200);
    expect(clockAheadOf(report({ target: null, clock_ahead_ms: null }))).toBeNull();
  });

  it.each([
    [45_000, 'its clock is 45 s ahead of AlertAgent’s'],
    [-45_000, 'its clock is 45 s behind AlertAgent’s'],
  ])('counts against a member whose clock is off by %i ms, and says so', (clock_ahead_ms, reason) => {
    const target = { healthy: true };
    expect(checkOf(report({ target, clock_ahead_ms }))).toMatchObject({ healthy: false, reason });
    expect(checkOf(report({ target, clock_ahead_ms: clock_ahead_ms / 2 })).healthy).toBe(true);
  });

  it('shows that no rule is left by a proven empty revision, or because none ever came', () => {
    expect(isBare(report({ exact: true }))).toBe(true);
    expect(isBare(report({ state: 'idle', revision: null }))).toBe(true);
    expect(isBare(report())).toBe(false);
    expect(isBare(report({ exact: true, type: 'alertmanager-config' }))).toBe(false);
    const rules = [{ group: 'g', name: 'r', status: 'live' as const }];
    expect(isBare(report({ exact: true, rules }))).toBe(false);
  });
});
