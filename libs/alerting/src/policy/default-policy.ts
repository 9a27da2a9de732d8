import type { PolicyDocument } from './policy-document';

/** What a policy takes over from the configuration file; the rest has defaults. */
export interface ConfiguredPolicy {
  convergence: { enabled: boolean; group_by: string[]; window: string; max_alerts: number };
  routing: { default_workflow: string; rules: { match: Record<string, string>; workflow: string }[] };
}

/** The policy before anybody changed it: version 0, made of the configuration file. */
export function defaultPolicy({ convergence, routing }: ConfiguredPolicy): PolicyDocument {
  return {
    identity: { ignore_labels: ['replica', 'prometheus_replica', '__replica__'] },
    flapping: { enabled: true, changes: 6, window: '30m', hold: '5m' },
    storm: { alerts: 50, window: '1m' },
    convergence: [
      {
        name: 'default',
        match: [],
        strategy: convergence.enabled ? { by: 'labels', labels: convergence.group_by } : { by: 'alert' },
        window: convergence.window,
        window_kind: 'sliding',
        max_alerts: convergence.max_alerts,
        max_lifetime: '12h',
        grace: '0s',
      },
    ],
    priority: {
      severity_points: [5, 10, 25, 40, 60, 75],
      rules: [],
      blast_radius: [
        { alerts: 10, points: 5 },
        { alerts: 50, points: 10 },
        { clusters: 2, points: 10 },
        { clusters: 5, points: 20 },
      ],
      times: [],
      history: [],
      storm_points: 15,
      thresholds: [75, 55, 35, 20],
    },
    routing: {
      name: 'default',
      workflow: routing.default_workflow,
      team: null,
      routes: routing.rules.map(({ match, workflow }, index) => ({
        name: `rule ${index + 1}`,
        ...testOf(match),
        workflow,
      })),
    },
    schedules: {},
  };
}

const LABEL_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** In a configuration file a label must be there to be equal, and may have any name: where matchers cannot say so, a condition does. */
function testOf(match: Record<string, string>): { match: string[]; condition?: string } {
  const matchers: string[] = [];
  const conditions: string[] = [];
  for (const [name, value] of Object.entries(match)) {
    const [label, text] = [JSON.stringify(name), JSON.stringify(value)];
    if (LABEL_NAME.test(name) && value !== '') matchers.push(`${name}=${text}`);
    else conditions.push(`${label} in labels && labels[${label}] == ${text}`);
  }
  return conditions.length > 0 ? { match: matchers, condition: conditions.join(' && ') } : { match: matchers };
}
