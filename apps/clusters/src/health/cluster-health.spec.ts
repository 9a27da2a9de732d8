import type { ClusterHealthState } from '@alertagent/contracts';
import { clusterStatus, countCheck, medianResponse, successRate, type CheckSlot } from './cluster-health';

const START = Date.parse('2030-01-01T00:00:00Z');
const minute = (minutes: number): Date => new Date(START + minutes * 60_000);
const prometheus = (status: ClusterHealthState, name = 'p0') => ({
  type: 'prometheus-rules',
  name,
  status,
  reason: null,
});
const alertmanager = (status: ClusterHealthState, name = 'a0') => ({
  type: 'alertmanager-config',
  name,
  status,
  reason: 'not heard',
});

describe('the health of a cluster', () => {
  it('is unknown while no member is known', () => {
    expect(clusterStatus([]).status).toBe('unknown');
    expect(clusterStatus([prometheus('unknown')]).status).toBe('unknown');
  });

  it('is healthy when everybody is', () => {
    expect(clusterStatus([prometheus('healthy'), alertmanager('healthy')])).toEqual({
      status: 'healthy',
      reason: null,
    });
  });

  it('is warning when one of two replicas is gone, and says which', () => {
    const members = [prometheus('healthy'), alertmanager('healthy'), alertmanager('critical', 'a1')];
    expect(clusterStatus(members)).toEqual({ status: 'warning', reason: 'a1: not heard' });
  });

  it('is critical when all members of one kind are gone', () => {
    expect(clusterStatus([prometheus('healthy'), alertmanager('critical')])).toEqual({
      status: 'critical',
      reason: 'a0: not heard',
    });
  });
});

describe('the success rate of a cluster', () => {
  it('covers one hour in a row that never grows', () => {
    let slots: CheckSlot[] = [];
    for (let at = 0; at < 600; at += 1) slots = countCheck(slots, minute(at), at >= 545);
    expect(slots).toHaveLength(12);
    expect(successRate(slots, minute(599))).toBe('91.6%');
    expect(successRate(slots, minute(700))).toBeNull();
  });

  it('is 100% only when every check was good', () => {
    const slots = [{ at: START, good: 9999, total: 10_000 }];
    expect(successRate(slots, minute(1))).toBe('99.9%');
  });
});

describe('the response time of a cluster', () => {
  it('is the median of what was measured', () => {
    expect(medianResponse([{ responseMs: 500 }, { responseMs: null }, { responseMs: 4 }, { responseMs: 12 }])).toBe(12);
    expect(medianResponse([{ responseMs: null }])).toBeNull();
  });
});
