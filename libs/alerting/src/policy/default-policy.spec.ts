import { normaliseAlert } from '../webhook/normalised-alert';
import { compilePolicy } from './compile-policy';
import { defaultPolicy, type ConfiguredPolicy } from './default-policy';

const configured: ConfiguredPolicy = {
  convergence: { enabled: true, group_by: ['alertname'], window: '5m', max_alerts: 10 },
  routing: {
    default_workflow: 'alert-analysis',
    rules: [
      { match: { severity: 'critical', team: 'platform' }, workflow: 'both' },
      { match: { severity: 'critical' }, workflow: 'critical-alert-handling' },
      { match: { 'odd.name"]': 'x\\"\n' }, workflow: 'odd' },
      { match: { empty: '' }, workflow: 'empty' },
    ],
  },
};

describe('the policy of a configuration file', () => {
  it.each<[string, Record<string, string>]>([
    ['critical-alert-handling', { severity: 'critical' }],
    ['both', { severity: 'critical', team: 'platform' }],
    ['odd', { 'odd.name"]': 'x\\"\n' }],
    ['empty', { empty: '' }],
    ['alert-analysis', { severity: 'warning' }],
    ['alert-analysis', {}],
  ])('routes to %s by the first rule all of whose labels are there and equal: %j', (workflow, labels) => {
    expect(routesOf(configured, labels)).toEqual([workflow]);
  });

  it('opens an incident for each alert when convergence is off', () => {
    const off = { ...configured, convergence: { ...configured.convergence, enabled: false } };
    expect(defaultPolicy(off).convergence.map(({ strategy }) => strategy)).toEqual([{ by: 'alert' }]);
  });
});

function routesOf(settings: ConfiguredPolicy, labels: Record<string, string>) {
  const result = compilePolicy({ policy: defaultPolicy(settings), suppressions: [] }, 0);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const wire = {
    status: 'firing',
    labels: { alertname: 'A', ...labels },
    annotations: {},
    startsAt: '2031-03-03T12:00:00Z',
  };
  return result.policy.routesOf({ alert: normaliseAlert(wire, 'cluster-1'), at: 0 }).map(({ workflow }) => workflow);
}
