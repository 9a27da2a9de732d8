import { plainPolicy, richSnapshot } from '../../test/alert-stream';
import { checkPolicy } from './check-policy';
import type { PolicyDocument, RouteNode } from './policy-document';

const rule = plainPolicy().convergence[0]!;

describe('checking a policy', () => {
  it('finds nothing about the policy that is there before anybody writes one', () => {
    expect(findings({})).toEqual({ problems: [], warnings: [] });
  });

  it('finds nothing wrong with a policy that uses everything', () => {
    expect(checkPolicy(richSnapshot()).problems).toEqual([]);
  });

  it.each<[string, Partial<PolicyDocument>, string]>([
    ['no convergence rule', { convergence: [] }, '/policy/convergence/0 no_default'],
    ['a last rule with matchers', { convergence: [{ ...rule, match: ['a="b"'] }] }, '/policy/convergence/0 no_default'],
    [
      'a last rule with a condition',
      { convergence: [{ ...rule, condition: 'true' }] },
      '/policy/convergence/0 no_default',
    ],
    [
      'two rules of one name',
      { convergence: [{ ...rule, match: ['a="b"'] }, rule] },
      '/policy/convergence/1/name duplicate_name',
    ],
    ['a window of nothing', { convergence: [{ ...rule, window: '0s' }] }, '/policy/convergence/0/window out_of_range'],
    [
      'a lifetime of years',
      { convergence: [{ ...rule, max_lifetime: '1y' }] },
      '/policy/convergence/0/max_lifetime out_of_range',
    ],
    [
      'a window that is no duration',
      { convergence: [{ ...rule, window: '5 minutes' }] },
      '/policy/convergence/0/window bad_duration',
    ],
    [
      'a place without levels',
      { convergence: [{ ...rule, strategy: { by: 'topology', levels: [] } }] },
      '/policy/convergence/0/strategy/levels required',
    ],
    [
      'a label twice',
      { convergence: [{ ...rule, strategy: { by: 'labels', labels: ['a', 'a'] } }] },
      '/policy/convergence/0/strategy/labels/1 duplicate_name',
    ],
    [
      'thresholds that go up',
      { priority: { ...plainPolicy().priority, thresholds: [75, 55, 55, 20] } },
      '/policy/priority/thresholds/2 not_descending',
    ],
    [
      'a step for nothing',
      { priority: { ...plainPolicy().priority, blast_radius: [{ points: 5 }] } },
      '/policy/priority/blast_radius/0 required',
    ],
    [
      'two scoring rules of one name',
      {
        priority: {
          ...plainPolicy().priority,
          rules: [
            { name: 'a', condition: 'true', points: 1 },
            { name: 'a', condition: 'true', points: 1 },
          ],
        },
      },
      '/policy/priority/rules/1/name duplicate_name',
    ],
    [
      'an unknown schedule',
      { priority: { ...plainPolicy().priority, times: [{ schedule: 'x', when: 'active', points: 1 }] } },
      '/policy/priority/times/0/schedule unknown_schedule',
    ],
    ['a root without a workflow', { routing: { name: 'root', workflow: null } }, '/policy/routing/workflow required'],
    [
      'a root that does not take everything',
      { routing: { name: 'root', workflow: 'w', match: ['a="b"'] } },
      '/policy/routing/match not_at_root',
    ],
    [
      'two routes of one name',
      {
        routing: {
          name: 'root',
          workflow: 'w',
          routes: [
            { name: 'a', match: ['a="b"'], team: 't' },
            { name: 'a', team: 't' },
          ],
        },
      },
      '/policy/routing/routes/1/name duplicate_name',
    ],
    [
      'a time zone that does not exist',
      { schedules: { x: { time_zone: 'Mars/Base', times: [{ from: '08:00', to: '09:00' }] } } },
      '/policy/schedules/x bad_schedule',
    ],
    [
      'the alert name among the ignored labels',
      { identity: { ignore_labels: ['alertname'] } },
      '/policy/identity/ignore_labels/0 needed',
    ],
    [
      'an ignored label that is no label',
      { identity: { ignore_labels: ['a-b'] } },
      '/policy/identity/ignore_labels/0 bad_label',
    ],
    [
      'a storm that is over before it begins',
      { storm: { alerts: 5, window: '0s' } },
      '/policy/storm/window out_of_range',
    ],
  ])('refuses %s', (_name, change, problem) => {
    const { problems } = findings(change);
    expect(problems.map(({ pointer, code }) => `${pointer} ${code}`)).toContain(problem);
  });

  it.each<[string, Partial<PolicyDocument>, string]>([
    [
      'a rule behind one that applies to everything',
      { convergence: [{ ...rule, name: 'all' }, rule] },
      '/policy/convergence/1 unreachable',
    ],
    [
      'a rule behind one that applies to the same',
      {
        convergence: [
          { ...rule, name: 'a', match: ['x="1"', 'y="2"'] },
          { ...rule, name: 'b', match: ['y="2"', 'x="1"'] },
          rule,
        ],
      },
      '/policy/convergence/1 unreachable',
    ],
    [
      'a lifetime shorter than the window',
      { convergence: [{ ...rule, window: '1h', max_lifetime: '5m' }] },
      '/policy/convergence/0/max_lifetime shorter_than_window',
    ],
    [
      'a cluster in one incident',
      { convergence: [{ ...rule, strategy: { by: 'labels', labels: [] } }] },
      '/policy/convergence/0/strategy/labels no_labels',
    ],
    [
      'a route behind one that takes everything',
      {
        routing: {
          name: 'root',
          workflow: 'w',
          routes: [
            { name: 'a', team: 'a' },
            { name: 'b', team: 'b' },
          ],
        },
      },
      '/policy/routing/routes/1 unreachable',
    ],
    [
      'a route that changes nothing',
      { routing: { name: 'root', workflow: 'w', routes: [{ name: 'a', match: ['a="b"'] }] } },
      '/policy/routing/routes/0 no_effect',
    ],
    [
      'a priority that cannot be reached',
      { priority: { ...plainPolicy().priority, thresholds: [500, 55, 35, 20] } },
      '/policy/priority/thresholds/0 unreachable',
    ],
    [
      'points that fall while severity rises',
      { priority: { ...plainPolicy().priority, severity_points: [5, 10, 25, 40, 80, 75] } },
      '/policy/priority/severity_points/5 not_ascending',
    ],
    [
      'a schedule that nothing uses',
      { schedules: { x: { time_zone: 'UTC', times: [{ from: '08:00', to: '09:00' }] } } },
      '/policy/schedules/x unused',
    ],
  ])('warns of %s', (_name, change, warning) => {
    const { problems, warnings } = findings(change);
    expect(problems).toEqual([]);
    expect(warnings.map(({ pointer, code }) => `${pointer} ${code}`)).toContain(warning);
  });

  it('goes on after a route that says continue, or has a schedule', () => {
    const routes: RouteNode[] = [
      { name: 'a', team: 'a', continue: true },
      { name: 'b', team: 'b', schedule: 'day' },
      { name: 'c', team: 'c' },
    ];
    const schedules = { day: { time_zone: 'UTC', times: [{ from: '08:00', to: '17:00' }] } };
    expect(findings({ routing: { name: 'root', workflow: 'w', routes }, schedules })).toEqual({
      problems: [],
      warnings: [],
    });
  });

  it('refuses trees of more than seven levels or five hundred routes', () => {
    let deep: RouteNode = { name: 'leaf', team: 't' };
    for (let level = 0; level < 6; level++) deep = { name: `level ${level}`, team: 't', routes: [deep] };
    expect(findings({ routing: { ...deep, workflow: 'w' } }).problems).toEqual([]);
    const deeper = { name: 'one more', workflow: 'w', routes: [deep] };
    expect(findings({ routing: deeper }).problems.map(({ code }) => code)).toEqual(['too_deep']);
    const routes = Array.from({ length: 500 }, (_, index) => ({
      name: `r${index}`,
      match: [`a="${index}"`],
      team: 't',
    }));
    const wide = findings({ routing: { name: 'root', workflow: 'w', routes } });
    expect(wide.problems.map(({ code }) => code)).toEqual(['too_many']);
  });
});

const findings = (change: Partial<PolicyDocument>) =>
  checkPolicy({ policy: { ...plainPolicy(), ...change }, suppressions: [] });
