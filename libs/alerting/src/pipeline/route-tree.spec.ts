import fc from 'fast-check';
import type { RouteNode } from '../policy/policy-document';
import { normaliseAlert } from '../webhook/normalised-alert';
import { compileRouting, type RoutingInput } from './route-tree';
import { compileSchedules, type Schedules } from './schedule';

const NO_SCHEDULES: Schedules = new Map();
const root = (routes: RouteNode[], rest: Partial<RouteNode> = {}): RouteNode => ({
  name: 'root',
  workflow: 'analysis',
  routes,
  ...rest,
});

describe('the routing tree', () => {
  it('gives an incident that no route takes to the root', () => {
    expect(routed(root([{ name: 'db', match: ['service="db"'], team: 'dba' }]), { service: 'web' })).toEqual([
      { path: ['root'], workflow: 'analysis', team: null },
    ]);
  });

  it('descends as far as routes match, and inherits what a route leaves open', () => {
    const tree = root([
      {
        name: 'shop',
        match: ['shop=~"a|b"'],
        team: 'shop',
        routes: [{ name: 'db', match: ['service="db"'], workflow: 'sql' }],
      },
    ]);
    expect(routed(tree, { shop: 'a', service: 'db' })).toEqual([
      { path: ['root', 'shop', 'db'], workflow: 'sql', team: 'shop' },
    ]);
    expect(routed(tree, { shop: 'ab', service: 'db' })).toEqual([{ path: ['root'], workflow: 'analysis', team: null }]);
  });

  it('stops at the first route that matches, and goes on after one that says continue', () => {
    const routes = [
      { name: 'audit', match: ['severity="critical"'], team: 'audit', continue: true },
      { name: 'db', match: ['service="db"'], team: 'dba' },
      { name: 'rest', team: 'operations' },
    ];
    expect(teams(root(routes), { severity: 'critical', service: 'db' })).toEqual(['audit', 'dba']);
    expect(teams(root(routes), { severity: 'critical' })).toEqual(['audit', 'operations']);
    expect(teams(root(routes), { service: 'db' })).toEqual(['dba']);
  });

  it('keeps to a route none of whose own routes match', () => {
    const tree = root([
      { name: 'db', match: ['service="db"'], team: 'dba', routes: [{ name: 'x', match: ['x="1"'], team: 'x' }] },
    ]);
    expect(teams(tree, { service: 'db' })).toEqual(['dba']);
  });

  it('tells nobody twice when two ways lead to the same team and workflow', () => {
    const tree = root([
      { name: 'one', team: 'dba', continue: true },
      { name: 'two', team: 'dba', continue: true },
      { name: 'three', team: 'dba', workflow: 'other' },
    ]);
    expect(routed(tree, {}).map(({ path, workflow }) => [path.at(-1), workflow])).toEqual([
      ['one', 'analysis'],
      ['three', 'other'],
    ]);
  });

  it('takes a route only while its schedule is in force', () => {
    const { value } = compileSchedules({ day: { time_zone: 'UTC', times: [{ from: '09:00', to: '17:00' }] } });
    const tree = root([{ name: 'day', schedule: 'day', team: 'day' }]);
    expect(teams(tree, {}, { at: Date.parse('2031-03-03T12:00:00Z'), schedules: value })).toEqual(['day']);
    expect(teams(tree, {}, { at: Date.parse('2031-03-03T18:00:00Z'), schedules: value })).toEqual([null]);
  });

  it('passes over a condition that reads a label the alert lacks', () => {
    const tree = root([{ name: 'eu', condition: "labels.region == 'eu'", team: 'eu' }]);
    expect(teams(tree, { region: 'eu' })).toEqual(['eu']);
    expect(teams(tree, {})).toEqual([null]);
  });

  it('points at every matcher, condition and schedule that cannot be used', () => {
    const tree = root([
      { name: 'a', match: ['=~'] },
      { name: 'b', routes: [{ name: 'c', condition: 'labels.', schedule: 'never-heard-of' }] },
    ]);
    expect(compileRouting(tree, NO_SCHEDULES).problems.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '/routes/0/match bad_matcher',
      '/routes/1/routes/0/condition bad_condition',
      '/routes/1/routes/0/schedule unknown_schedule',
    ]);
  });

  it('always finds at least one way, which begins at the root and follows matching routes only', () => {
    fc.assert(
      fc.property(tree(), fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2')), (node, labels) => {
        const routes = routed(node, labels);
        expect(routes.length).toBeGreaterThan(0);
        for (const { path } of routes) {
          let here = node;
          expect(path[0]).toBe(node.name);
          for (const name of path.slice(1)) {
            here = here.routes!.find((child) => child.name === name && holds(child, labels))!;
            expect(here).toBeDefined();
          }
        }
        const targets = routes.map(({ workflow, team }) => JSON.stringify([workflow, team]));
        expect(new Set(targets).size).toBe(targets.length);
      }),
    );
  });
});

const holds = ({ match = [] }: RouteNode, labels: Record<string, string>): boolean =>
  match.every((matcher) => matcher === `${matcher[0]}="${labels[matcher[0]!] ?? ''}"`);

/** A tree of up to three levels below the root. */
function tree(): fc.Arbitrary<RouteNode> {
  const children = (levels: number): fc.Arbitrary<RouteNode[]> =>
    levels === 0
      ? fc.constant([])
      : fc.array(
          fc.record({
            name: fc.uuid(),
            match: fc.array(fc.constantFrom('a="1"', 'a="2"', 'b="1"'), { maxLength: 2 }),
            team: fc.constantFrom(null, 'x', 'y'),
            workflow: fc.constantFrom(null, 'v', 'w'),
            continue: fc.boolean(),
            routes: children(levels - 1),
          }),
          { maxLength: 3 },
        );
  return children(3).map((routes) => root(routes));
}

function routed(
  node: RouteNode,
  labels: Record<string, string>,
  { at = 0, schedules = NO_SCHEDULES }: { at?: number; schedules?: Schedules } = {},
) {
  const { value, problems } = compileRouting(node, schedules);
  expect(problems).toEqual([]);
  const wire = {
    status: 'firing',
    labels: { alertname: 'A', ...labels },
    annotations: {},
    startsAt: '2031-03-03T12:00:00Z',
  };
  const input: RoutingInput = { alert: normaliseAlert(wire, 'cluster-1'), at };
  return value(input);
}

const teams = (...input: Parameters<typeof routed>): (string | null)[] => routed(...input).map(({ team }) => team);
