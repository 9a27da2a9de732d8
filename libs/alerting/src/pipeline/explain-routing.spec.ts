import fc from 'fast-check';
import type { RouteNode } from '../policy/policy-document';
import { normaliseAlert } from '../webhook/normalised-alert';
import { explainRouting } from './explain-routing';
import { compileRouting } from './route-tree';
import { compileSchedules } from './schedule';

const { value: schedules } = compileSchedules({ never: { time_zone: 'UTC', times: [{ from: '08:00', to: '09:00' }] } });
const alert = normaliseAlert(
  { status: 'firing', labels: { alertname: 'A', service: 'db' }, annotations: {}, startsAt: '2031-03-03T12:00:00Z' },
  'cluster-1',
);

describe('the explanation of a routing', () => {
  it('names the reason for each route that was taken, refused or passed over', () => {
    const root: RouteNode = {
      name: 'root',
      workflow: 'w',
      routes: [
        { name: 'web', match: ['service="web"'] },
        { name: 'night', schedule: 'never' },
        { name: 'eu', condition: "labels.region == 'eu'" },
        { name: 'db', match: ['service="db"'], routes: [{ name: 'big', match: ['size="big"'] }] },
        { name: 'rest' },
      ],
    };
    expect(
      explainRouting(root, schedules, { alert, at: 0 }).map(({ path, taken, why }) => [path.join(' > '), taken, why]),
    ).toEqual([
      ['root', false, 'handed on to a route below it'],
      ['root > web', false, 'the alert does not satisfy service="web"'],
      ['root > night', false, 'the schedule "never" is not in force'],
      ['root > eu', false, "the condition does not hold: labels.region == 'eu'"],
      ['root > db', true, 'it matches, and no route below it does'],
      ['root > db > big', false, 'the alert does not satisfy size="big"'],
      ['root > rest', false, 'not looked at: "db" before it took the incident'],
    ]);
  });

  it('calls exactly those routes taken that the pipeline takes', () => {
    const level = (children: fc.Arbitrary<RouteNode[]>): fc.Arbitrary<RouteNode[]> =>
      fc.array(
        fc.record({
          name: fc.uuid(),
          match: fc.subarray(['service="db"', 'service!="db"']),
          // Each its own team: ways to the same one are told of once.
          team: fc.uuid(),
          continue: fc.boolean(),
          routes: children,
        }),
        { maxLength: 3 },
      );
    fc.assert(
      fc.property(level(level(fc.constant([]))), (routes) => {
        const root = { name: 'root', workflow: 'w', routes };
        const taken = compileRouting(root, schedules).value({ alert, at: 0 });
        const explained = explainRouting(root, schedules, { alert, at: 0 }).filter((route) => route.taken);
        expect(explained.map(({ path }) => path)).toEqual(taken.map(({ path }) => path));
      }),
    );
  });
});
