import fc from 'fast-check';
import { plainPolicy } from '../../test/alert-stream';
import type { PriorityPolicy } from '../policy/policy-document';
import { normaliseAlert } from '../webhook/normalised-alert';
import { compilePriority, type PriorityInput } from './priority';
import { compileSchedules } from './schedule';

const SUNDAY = Date.parse('2031-03-02T12:00:00Z');
const MONDAY = Date.parse('2031-03-03T12:00:00Z');
const { value: schedules } = compileSchedules({
  office: { time_zone: 'UTC', times: [{ weekdays: ['monday:friday'], from: '09:00', to: '17:00' }] },
});

describe('the priority of an incident', () => {
  it.each([
    ['critical', 'P1'],
    ['error', 'P2'],
    ['warning', 'P3'],
    ['something else', 'P4'],
    ['info', 'P5'],
  ])('follows the severity when nothing else is known: %s is %s', (severity, priority) => {
    expect(`P${scored({}, { severity }).priority}`).toBe(priority);
  });

  it('adds up points, and says what each was given for', () => {
    const { score, factors } = scored(
      { rules: [{ name: 'database', condition: "labels.service == 'db'", points: 7 }], storm_points: 3 },
      { severity: 'warning', service: 'db' },
      { alerts: 12, clusters: 2, storm: true },
    );
    expect(factors).toEqual([
      { factor: 'severity', points: 40, why: 'severity counts as warning' },
      { factor: 'rule database', points: 7, why: 'its condition holds' },
      { factor: 'blast_radius', points: 10, why: '12 alerts of 2 clusters' },
      { factor: 'storm', points: 3, why: 'the incident is in a storm' },
    ]);
    expect(score).toBe(60);
  });

  it('counts the highest step of blast radius and of history that is reached', () => {
    const steps = {
      blast_radius: [
        { alerts: 2, points: 30 },
        { alerts: 5, points: 10 },
        { alerts: 2, clusters: 3, points: 99 },
      ],
      history: [
        { incidents: 1, points: 1 },
        { incidents: 4, points: 4 },
      ],
    };
    const { factors } = scored(steps, {}, { alerts: 9, clusters: 2, past_incidents: 3 });
    expect(factors.filter(({ factor }) => factor !== 'severity').map(({ points }) => points)).toEqual([30, 1]);
  });

  it('depends on the time of the week', () => {
    const times: PriorityPolicy['times'] = [
      { schedule: 'office', when: 'active', points: 1 },
      { schedule: 'office', when: 'inactive', points: -2 },
    ];
    const pointsAt = (at: number): number =>
      scored({ times }, {}, { at }).factors.find(({ factor }) => factor === 'time office')!.points;
    expect([pointsAt(MONDAY), pointsAt(SUNDAY)]).toEqual([1, -2]);
  });

  it('gives nothing for a condition that cannot be decided', () => {
    const rules = [{ name: 'region', condition: "labels.region == 'eu'", points: 50 }];
    expect(scored({ rules }, {}).factors.map(({ factor }) => factor)).toEqual(['severity']);
  });

  it('points at conditions and schedules that cannot be used', () => {
    const { problems } = compilePriority(
      {
        ...plainPolicy().priority,
        rules: [{ name: 'x', condition: 'labels.', points: 1 }],
        times: [{ schedule: 'never-heard-of', when: 'active', points: 1 }],
      },
      schedules,
    );
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/rules/0/condition bad_condition',
      '/times/0/schedule unknown_schedule',
    ]);
  });

  it('is from 1 to 5, has a score that is the sum of its factors, and is never lower for a higher severity', () => {
    const anything = fc.record({
      alerts: fc.integer({ min: 1, max: 1000 }),
      clusters: fc.integer({ min: 1, max: 30 }),
      past_incidents: fc.nat(100),
      storm: fc.boolean(),
      at: fc.nat(2_000_000_000_000),
    });
    fc.assert(
      fc.property(anything, fc.nat(4), (input, rank) => {
        const of = compilePriority(plainPolicy().priority, schedules).value;
        const low = of({ ...input, alert: alertWith({}), severity_rank: rank });
        const high = of({ ...input, alert: alertWith({}), severity_rank: rank + 1 });
        expect([1, 2, 3, 4, 5]).toContain(low.priority);
        expect(low.score).toBe(low.factors.reduce((sum, { points }) => sum + points, 0));
        expect(high.priority).toBeLessThanOrEqual(low.priority);
      }),
    );
  });
});

const alertWith = (labels: Record<string, string>) =>
  normaliseAlert(
    { status: 'firing', labels: { alertname: 'A', ...labels }, annotations: {}, startsAt: '2031-03-03T12:00:00Z' },
    'cluster-1',
  );

const RANKS: Record<string, number> = { critical: 5, error: 4, warning: 3, info: 1 };

function scored(policy: Partial<PriorityPolicy>, labels: Record<string, string>, rest: Partial<PriorityInput> = {}) {
  const { value, problems } = compilePriority({ ...plainPolicy().priority, ...policy }, schedules);
  expect(problems).toEqual([]);
  return value({
    alert: alertWith(labels),
    at: MONDAY,
    severity_rank: labels['severity'] === undefined ? 0 : (RANKS[labels['severity']] ?? 2),
    alerts: 1,
    clusters: 1,
    past_incidents: 0,
    storm: false,
    ...rest,
  });
}
