import fc from 'fast-check';
import { inconsistencies, PipelineRun } from '../../test/pipeline-run';
import { countBurst } from './storm';

const policy = { storm: { alerts: 5, window_ms: 60_000 } };
const calm = { burst_from: 0, burst_count: 4, storm_at: null };
const raging = { burst_from: 0, burst_count: 7, storm_at: 10 };

it.each([
  ['begins with the alert that fills the window', calm, 60_000, 'begins', 5],
  ['does not begin with one that comes too late', calm, 60_001, 'none', 1],
  ['goes on within its window', raging, 60_000, 'goes_on', 8],
  ['goes on into the next window', raging, 60_001, 'goes_on', 1],
  ['is over after a window that was not full', { ...raging, burst_count: 4 }, 60_001, 'over', 1],
  ['is over after a silence, however full the last window was', raging, 120_001, 'over', 1],
  ['needs a first alert', null, 5, 'none', 1],
])('a storm %s', (_, before, at, storm, count) => {
  const state = countBurst(policy, before, at);
  expect(state.storm).toBe(storm);
  expect(state.burst.count).toBe(count);
});

/** One alert of one group: each of another pod. */
const pod = (number: number) => ({ pod: `pod-${number}` });

describe('in the pipeline', () => {
  it('100,000 alerts of one group make a handful of incidents, whose storm is announced now and then', () => {
    const run = new PipelineRun();
    let announced = 0;
    for (let number = 0; number < 100_000; number++) {
      const verdict = run.fire({ labels: pod(number), from: number / 10_000 });
      const { incident } = verdict;
      if (incident.kind === 'open' || (incident.kind === 'join' && incident.announce)) announced += 1;
    }
    expect(run.incidents().length).toBeLessThanOrEqual(5);
    expect(run.incidents().at(-1)).toMatchObject({
      firing_count: 100_000 - 40,
      storm_at: expect.any(Number) as number,
    });
    expect(announced).toBeLessThan(80);
    expect(inconsistencies(run)).toEqual([]);
  }, 120_000);

  it('urgency rises when it begins, and its end is told with the first alert afterwards', () => {
    const run = new PipelineRun((policy) => {
      policy.storm = { alerts: 5, window: '1m' };
      policy.convergence[0]!.max_alerts = 1000;
      policy.convergence[0]!.window = '1h';
    });
    for (let number = 0; number < 8; number++)
      run.fire({ labels: { ...pod(number), severity: 'error' }, from: number });
    expect(run.moments()).toEqual(['opened', 'storm_began', 'priority_raised']);
    const before = run.incidents()[0]!.priority;
    run.fire({ labels: pod(9), from: 200 });
    expect(run.moments().at(-1)).toBe('storm_ended');
    expect(run.incidents()[0]).toMatchObject({ storm_at: null, priority: before });
  });

  it('the next incident of the group inherits it when the cap had been reached before', () => {
    const run = new PipelineRun((policy) => {
      policy.storm = { alerts: 8, window: '1m' };
      policy.convergence[0]!.max_alerts = 5;
    });
    for (let number = 0; number < 100; number++) run.fire({ labels: pod(number) });
    expect(run.incidents().map(({ alert_count, storm_at }) => [alert_count, storm_at !== null])).toEqual([
      [5, false],
      [95, true],
    ]);
    expect(run.moments(0)).toContain('closed_to_new_alerts');
  });

  it('its lifetime ends a storm incident: a second outage does not hide in the first', () => {
    const run = new PipelineRun((policy) => {
      policy.storm = { alerts: 2, window: '1m' };
      policy.convergence[0]!.max_lifetime = '1h';
    });
    for (let number = 0; number <= 3700; number += 10) run.fire({ labels: pod(number), from: number });
    expect(run.incidents()).toHaveLength(2);
    expect(run.moments(1)).toEqual(['opened', 'storm_began']);
  });
});

it('a storm never begins below the threshold and never ends while each window is full', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { maxLength: 60 }), (gaps) => {
      let before = null as Parameters<typeof countBurst>[1];
      const times: number[] = [];
      let at = 0;
      for (const gap of gaps) {
        at += gap;
        times.push(at);
        const { burst, storm } = countBurst(policy, before, at);
        const recent = times.filter((time) => time >= at - 60_000).length;
        if (storm === 'begins') expect(recent).toBeGreaterThanOrEqual(5);
        if (storm === 'over') expect(times.filter((time) => time > at - 60_000).length).toBeLessThan(10);
        const storm_at: number | null = storm === 'begins' ? at : storm === 'over' ? null : (before?.storm_at ?? null);
        before = { burst_from: burst.from, burst_count: burst.count, storm_at };
      }
    }),
  );
});
