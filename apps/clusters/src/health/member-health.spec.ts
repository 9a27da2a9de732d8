import type { ClusterHealthState } from '@alertagent/contracts';
import { afterCheck, afterSilence, hysteresisFor, newMember, type MemberHealthState } from './member-health';

const START = Date.parse('2030-01-01T00:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);
/** Of a cluster that is checked every ten seconds: a status holds for a minute. */
const HYSTERESIS = hysteresisFor(10_000);

/** The statuses a member goes through when it is found good (`+`), bad (`-`) or reports without a look (`.`) every 10 s. */
function statusesAfter(checks: string, before: MemberHealthState = newMember(at(0))): ClusterHealthState[] {
  let member = before;
  const startedAt = before.lastSeen.getTime();
  return [...checks].map((check, index) => {
    const healthy = check === '.' ? null : check === '+';
    const time = new Date(startedAt + (index + 1) * 10_000);
    member = afterCheck(member, { at: time, healthy, reason: 'refused' }, HYSTERESIS);
    return member.status;
  });
}

const seenHealthy = (seconds: number): MemberHealthState =>
  afterCheck(newMember(at(seconds)), { at: at(seconds), healthy: true, reason: null }, HYSTERESIS);

describe('the health of a member', () => {
  it('is unknown until the first look at its target, which decides at once', () => {
    expect(statusesAfter('..+')).toEqual(['unknown', 'unknown', 'healthy']);
    expect(statusesAfter('-')).toEqual(['warning']);
  });

  it('follows two looks in a row, not one', () => {
    const long = statusesAfter(`${'+'.repeat(7)}-+--`);
    expect(long.slice(7)).toEqual(['healthy', 'healthy', 'healthy', 'warning']);
  });

  it('holds for a minute, and then is what the last looks agree on', () => {
    expect(statusesAfter('+--')).toEqual(['healthy', 'healthy', 'healthy']);
    const sinceWarning = statusesAfter(`${'+'.repeat(7)}--${'+'.repeat(7)}`).slice(8);
    expect(sinceWarning).toEqual([...Array<string>(6).fill('warning'), 'healthy', 'healthy']);
  });

  it('changes at most once a minute, however its target comes and goes', () => {
    // A fixed sequence that looks like chance: runs of all lengths.
    const looks = Array.from({ length: 3_000 }, (_, index) =>
      (index * 7919 + (index >> 3) * 104_729) % 13 < 6 ? '-' : '+',
    );
    const statuses = statusesAfter(looks.join(''));
    const changes = statuses.flatMap((status, index) => (index > 0 && status !== statuses[index - 1] ? [index] : []));
    const gaps = changes.slice(1).map((change, index) => change - changes[index]!);
    expect(changes.length).toBeGreaterThan(10);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(6);
  });

  it('takes the quick reports of one configuration change for one look', () => {
    const reports = [70, 70.1, 70.2].map((seconds) => ({ at: at(seconds), healthy: false, reason: 'restarting' }));
    const member = reports.reduce((state, report) => afterCheck(state, report, HYSTERESIS), seenHealthy(0));
    expect(member).toMatchObject({ status: 'healthy', badStreak: 1, lastSeen: at(70.2) });
  });

  it('ignores reports that are older than the newest', () => {
    const member = seenHealthy(20);
    expect(afterCheck(member, { at: at(10), healthy: false, reason: 'late' }, HYSTERESIS)).toBe(member);
  });

  it('is critical once nothing was heard for more than three sync intervals', () => {
    const silence = { watchingSince: at(0), syncIntervalMs: 30_000, holdMs: HYSTERESIS.holdMs };
    expect(afterSilence(seenHealthy(0), { ...silence, now: at(90) }).status).toBe('healthy');
    expect(afterSilence(seenHealthy(0), { ...silence, now: at(91) })).toMatchObject({
      status: 'critical',
      reason: 'not heard since 2030-01-01T00:00:00.000Z',
      changedAt: at(91),
    });
  });

  it('is not called silent for the time in which nobody was listening', () => {
    const member = newMember(at(0));
    const silence = { now: at(3600), watchingSince: at(3590), syncIntervalMs: 30_000, holdMs: HYSTERESIS.holdMs };
    expect(afterSilence(member, silence)).toBe(member);
  });

  it('needs two good looks, and its minute, to be healthy again after a silence', () => {
    const silence = { now: at(1), watchingSince: at(-1000), syncIntervalMs: 100, holdMs: HYSTERESIS.holdMs };
    const silent = afterSilence(newMember(at(0)), silence);
    expect(silent.status).toBe('critical');
    expect(statusesAfter('++++++++', silent).slice(5)).toEqual(['critical', 'healthy', 'healthy']);
    expect(statusesAfter('.......', silent).slice(5)).toEqual(['critical', 'warning']);
  });
});
