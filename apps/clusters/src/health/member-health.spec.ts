import { afterCheck, afterSilence, newMember, type MemberHealthState } from './member-health';

const START = Date.parse('2030-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);

/** The statuses a member goes through when it is found good (`+`), bad (`-`) or reports without a look (`.`) every 10 s. */
function statusesAfter(checks: string, before: MemberHealthState = newMember(at(0))): string[] {
  let member = before;
  return [...checks].map((check, index) => {
    const healthy = check === '.' ? null : check === '+';
    member = afterCheck(member, { at: at((index + 1) * 10), healthy, reason: 'refused' }, 5_000);
    return member.status;
  });
}

describe('the health of a member', () => {
  it('is unknown until the first look at its target, which decides at once', () => {
    expect(statusesAfter('..+')).toEqual(['unknown', 'unknown', 'healthy']);
    expect(statusesAfter('-')).toEqual(['warning']);
  });

  it('follows two looks in a row, not one', () => {
    expect(statusesAfter('+-+--++')).toEqual([
      'healthy',
      'healthy',
      'healthy',
      'healthy',
      'warning',
      'warning',
      'healthy',
    ]);
  });

  it('does not change at all while the target flips with every look', () => {
    expect(new Set(statusesAfter(`+${'-+'.repeat(50)}`))).toEqual(new Set(['healthy']));
  });

  it('takes the quick reports of one configuration change for one look', () => {
    const healthy = afterCheck(newMember(at(0)), { at: at(0), healthy: true, reason: null }, 5_000);
    const reports = [10, 10.1, 10.2].map((seconds) => ({ at: at(seconds), healthy: false, reason: 'restarting' }));
    const member = reports.reduce((state, report) => afterCheck(state, report, 5_000), healthy);
    expect(member).toMatchObject({ status: 'healthy', badStreak: 1, lastSeen: at(10.2) });
  });

  it('ignores reports that are older than the newest', () => {
    const member = afterCheck(newMember(at(0)), { at: at(20), healthy: true, reason: null }, 5_000);
    expect(afterCheck(member, { at: at(10), healthy: false, reason: 'late' }, 5_000)).toBe(member);
  });

  it('is critical once nothing was heard for more than three sync intervals', () => {
    const member = afterCheck(newMember(at(0)), { at: at(0), healthy: true, reason: null }, 5_000);
    const silence = { watchingSince: at(0), syncIntervalMs: 30_000 };
    expect(afterSilence(member, { ...silence, now: at(90) }).status).toBe('healthy');
    expect(afterSilence(member, { ...silence, now: at(91) })).toMatchObject({
      status: 'critical',
      reason: 'not heard since 2030-01-01T00:00:00.000Z',
    });
  });

  it('is not called silent for the time in which nobody was listening', () => {
    const member = newMember(at(0));
    expect(afterSilence(member, { now: at(3600), watchingSince: at(3590), syncIntervalMs: 30_000 })).toBe(member);
  });

  it('needs two good looks to be healthy again after a silence', () => {
    const silent = afterSilence(newMember(at(0)), { now: at(1), watchingSince: at(-1000), syncIntervalMs: 100 });
    expect(silent.status).toBe('critical');
    expect(statusesAfter('++', silent)).toEqual(['critical', 'healthy']);
    expect(statusesAfter('.', silent)).toEqual(['warning']);
  });
});
