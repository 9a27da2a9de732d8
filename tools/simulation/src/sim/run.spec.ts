import { violations } from './invariants';
import { simulateSeeds } from './run';
import { simulate } from './simulate';
import type { Scenario } from './scenario';

/** One alert that fires and ends. */
const world: Scenario = {
  episodes: [{ series: 0, from: 0, lasts: 60 }],
  messages: [
    { episode: 0, status: 'firing', delay: 0, replica: 0 },
    { episode: 0, status: 'resolved', delay: 0, replica: 0 },
  ],
  mishaps: ['none'],
  batchSize: 1,
  convergence: {
    strategy: { by: 'labels', labels: ['alertname'] },
    max_alerts: 10,
    window_kind: 'sliding',
    grace: '0s',
  },
  flapping: true,
  stormAlerts: 50,
  suppressions: [],
};

describe('the simulation of the pipeline', () => {
  it('finds no violation in some hundred worlds', () => {
    const report = simulateSeeds(1, 300, () => undefined);
    expect(report.failures).toEqual([]);
    expect(report.events).toBeGreaterThan(5_000);
  });

  it('sees an event that ended twice', () => {
    const outcome = simulate(world);
    expect(violations(outcome)).toEqual([]);
    outcome.accepted[0]!.dispositions.push('merged');
    expect(violations(outcome).join()).toContain('I1: an event ended 2 times');
  });

  it('sees an incident that counts wrongly, and one that is resolved too early', () => {
    const outcome = simulate({ ...world, messages: world.messages.slice(0, 1) });
    const [incident] = outcome.rows.incidents.values();
    incident!.firing_count = 0;
    incident!.status = 'resolved';
    expect(violations(outcome).join()).toMatch(/I1: .*counts 0 firing.*I4: .*is resolved with 1 firing/s);
  });

  it('sees facts that consumers got in the wrong order', () => {
    const outcome = simulate(world);
    outcome.outbox.effects.reverse();
    expect(violations(outcome).join()).toContain('I3: consumers saw resolved');
  });
});
