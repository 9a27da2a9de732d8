import fc from 'fast-check';
import { inconsistencies, PipelineRun, type Told } from '../../test/pipeline-run';
import type { ConvergenceStrategy } from '../policy/policy-document';

function runWith(strategy: ConvergenceStrategy, window = '5m'): PipelineRun {
  return new PipelineRun((policy) => {
    policy.convergence[0]!.strategy = strategy;
    policy.convergence[0]!.window = window;
  });
}

const counts = (run: PipelineRun): number[] => run.incidents().map(({ alert_count }) => alert_count);

describe('by labels', () => {
  const byService: ConvergenceStrategy = { by: 'labels', labels: ['service'] };

  it('alerts with the same values share an incident, which the first one opens at once', () => {
    const run = runWith(byService);
    expect(run.fire({ labels: { pod: '1' } }).disposition).toBe('opened');
    expect(run.fire({ labels: { pod: '2', alertname: 'Slow' } }).disposition).toBe('merged');
    run.fire({ labels: { service: 'billing' } });
    expect(counts(run)).toEqual([2, 1]);
    expect(run.incidents()[0]!.group_labels).toEqual({ service: 'shop' });
  });

  it('clusters are kept apart', () => {
    const run = runWith(byService);
    run.fire({ cluster: 'c1' });
    run.fire({ cluster: 'c2' });
    expect(counts(run)).toEqual([1, 1]);
  });

  it('rules keep apart what they group', () => {
    const run = new PipelineRun((policy) => {
      policy.convergence.unshift({ ...policy.convergence[0]!, name: 'tests', match: ['env="test"'] });
    });
    run.fire();
    run.fire({ labels: { env: 'test' } });
    expect(run.incidents().map(({ convergence }) => convergence)).toEqual(['default', 'tests']);
  });
});

describe('across clusters', () => {
  it('the same cause in 30 clusters is one incident with a share for each, resolved when the last has recovered', () => {
    const run = runWith({ by: 'labels', labels: ['alertname'], across_clusters: true });
    run.policy.convergence[0]!.max_alerts = 100;
    const clusters = Array.from({ length: 10 }, (_, index) => `c${index}`);
    for (const cluster of clusters) run.fire({ cluster });
    for (const cluster of clusters.slice(1)) run.end({ cluster, until: 60 });
    expect(run.incidents()).toMatchObject([{ status: 'open', alert_count: 10, firing_count: 1 }]);
    expect(run.incidents()[0]!.breakdown['c0']).toEqual({ alerts: 1, firing: 1 });
    expect(run.incidents()[0]!.breakdown['c5']).toEqual({ alerts: 1, firing: 0 });
    run.end({ cluster: 'c0', until: 61 });
    expect(run.incidents()).toMatchObject([{ status: 'resolved' }]);
  });

  it('each further cluster may raise urgency', () => {
    const run = runWith({ by: 'labels', labels: ['alertname'], across_clusters: true });
    for (const cluster of ['c1', 'c2', 'c3', 'c4', 'c5']) run.fire({ cluster, labels: { severity: 'warning' } });
    expect(run.incidents()[0]!.priority_factors).toContainEqual(
      expect.objectContaining({ factor: 'blast_radius', points: 20 }),
    );
  });
});

describe('by topology', () => {
  const places: ConvergenceStrategy = { by: 'topology', levels: ['namespace', 'service', 'instance'] };
  const namespace = { namespace: 'eu', service: '' };
  const service = { namespace: 'eu', service: 'shop' };
  const instance = { ...service, instance: 'shop-1' };

  it('children join the incident of a parent that fires, however far up', () => {
    const run = runWith(places);
    run.fire({ labels: namespace });
    run.fire({ labels: service });
    run.fire({ labels: instance });
    run.fire({ labels: { ...instance, namespace: 'us' } });
    expect(counts(run)).toEqual([3, 1]);
  });

  it('a parent that fires after its children has an incident of its own, which takes the children to come', () => {
    const run = runWith(places);
    run.fire({ labels: instance });
    expect(run.fire({ labels: namespace }).disposition).toBe('opened');
    run.fire({ labels: { ...instance, instance: 'shop-2' } });
    // The place that has an incident already goes on with it.
    run.fire({ labels: { ...instance, alertname: 'Slow' } });
    expect(counts(run)).toEqual([2, 2]);
  });

  it('an alert that names no place is grouped by its name', () => {
    const run = runWith(places);
    run.fire({ labels: { service: '', pod: '1' } });
    run.fire({ labels: { service: '', pod: '2' } });
    run.fire({ labels: { service: '', alertname: 'Other' } });
    expect(counts(run)).toEqual([2, 1]);
  });

  it('the cluster itself can be the widest place', () => {
    const run = runWith({ by: 'topology', levels: ['cluster', 'namespace', 'service'] });
    run.fire({ labels: { alertname: 'ClusterDown', service: '', cluster: 'prod' } });
    run.fire({ labels: service });
    run.fire({ labels: service, cluster: 'c2' });
    expect(counts(run)).toEqual([2, 1]);
  });
});

describe('by text', () => {
  const similar: ConvergenceStrategy = { by: 'text', labels: ['service'], similarity: 0.8 };
  const disk = (node: number) => ({ summary: `Disk of node-${node} is nearly full: 9${node} percent used` });

  it('alerts that say nearly the same share an incident, others do not', () => {
    const run = runWith(similar);
    run.fire({ labels: { node: '1' }, annotations: disk(1) });
    run.fire({ labels: { node: '2' }, annotations: disk(2) });
    run.fire({ labels: { node: '3' }, annotations: { summary: 'Certificate expires in 3 days' } });
    expect(counts(run)).toEqual([2, 1]);
  });

  it('the values of the scope must agree all the same', () => {
    const run = runWith(similar);
    run.fire({ annotations: disk(1) });
    run.fire({ labels: { service: 'billing' }, annotations: disk(1) });
    expect(counts(run)).toEqual([1, 1]);
  });

  it('an alert goes to the incident that is most alike', () => {
    const run = runWith({ ...similar, similarity: 0.5 });
    run.fire({ labels: { node: '1' }, annotations: { summary: 'Disk of node-1 is full' } });
    run.fire({ labels: { node: '2' }, annotations: { summary: 'Certificate of the ingress expires' } });
    run.fire({ labels: { node: '3' }, annotations: { summary: 'Certificate of the gateway expires' } });
    expect(counts(run)).toEqual([1, 2]);
  });
});

describe('each alert for itself', () => {
  it('has an incident of its own, and another one each time it fires', () => {
    const run = runWith({ by: 'alert' });
    run.fire({ labels: { pod: '1' } });
    run.fire({ labels: { pod: '2' } });
    run.end({ labels: { pod: '1' }, until: 60 });
    run.fire({ labels: { pod: '1' }, from: 120 });
    expect(counts(run)).toEqual([1, 1, 1]);
  });
});

describe('the window', () => {
  it('slides with each alert', () => {
    const run = runWith({ by: 'labels', labels: ['service'] });
    for (const from of [0, 299, 598]) run.fire({ labels: { pod: String(from) }, from });
    expect(counts(run)).toEqual([3]);
    run.fire({ labels: { pod: 'late' }, from: 899 });
    expect(counts(run)).toEqual([3, 1]);
    expect(run.moments(0)).toContain('closed_to_new_alerts');
  });

  it('that is fixed does not', () => {
    const run = new PipelineRun((policy) => (policy.convergence[0]!.window_kind = 'fixed'));
    for (const from of [0, 299, 598]) run.fire({ labels: { pod: String(from) }, from });
    expect(counts(run)).toEqual([2, 1]);
  });

  it('ends at the lifetime, so that one alert every few minutes does not hide the next outage', () => {
    const run = new PipelineRun((policy) => {
      policy.convergence[0]!.window = '1h';
      policy.convergence[0]!.max_alerts = 1000;
      policy.convergence[0]!.max_lifetime = '4h';
    });
    for (let from = 0; from < 24 * 3600; from += 45 * 60) run.fire({ labels: { pod: String(from) }, from });
    expect(run.incidents().length).toBeGreaterThanOrEqual(5);
  });

  it('the cap opens the next incident, and says so', () => {
    const run = new PipelineRun();
    for (let pod = 0; pod < 11; pod++) run.fire({ labels: { pod: String(pod) } });
    expect(counts(run)).toEqual([10, 1]);
    expect(run.incidents()[0]!.moments.at(-1)).toMatchObject({
      kind: 'closed_to_new_alerts',
      why: expect.stringContaining('cap is 10') as string,
    });
  });
});

describe('an incident', () => {
  it('that is resolved takes no alerts: the next one opens another', () => {
    const run = new PipelineRun();
    run.fire();
    run.end({ until: 60 });
    run.fire({ from: 61, labels: { pod: '2' } });
    expect(run.incidents().map(({ status }) => status)).toEqual(['resolved', 'open']);
  });

  it('waits for its grace, and an alert that comes back in time keeps it', () => {
    const run = new PipelineRun((policy) => (policy.convergence[0]!.grace = '2m'));
    run.fire();
    run.end({ until: 60 });
    expect(run.incidents()).toMatchObject([{ status: 'open', firing_count: 0 }]);
    expect(run.fire({ from: 100 })).toMatchObject({ disposition: 'merged', incident: { rejoined: true } });
    expect(run.moments()).toEqual(['opened', 'settling', 'rejoined']);
    run.end({ from: 100, until: 200 });
    run.sweep(320);
    expect(run.moments().at(-1)).toBe('resolved');
  });

  it('whose grace is over takes nothing, even if nobody has written down its end yet', () => {
    const run = new PipelineRun((policy) => (policy.convergence[0]!.grace = '2m'));
    run.fire();
    run.end({ until: 60 });
    expect(run.fire({ from: 180 }).disposition).toBe('opened');
    run.sweep(200);
    expect(run.incidents().map(({ status }) => status)).toEqual(['resolved', 'open']);
    expect(inconsistencies(run)).toEqual([]);
  });

  it('that takes no new alerts still ends with its members, and gets one back that comes back in time', () => {
    const run = new PipelineRun((policy) => {
      policy.convergence[0]!.max_alerts = 1;
      policy.convergence[0]!.grace = '2m';
    });
    run.fire({ labels: { pod: '1' } });
    run.fire({ labels: { pod: '2' } });
    run.end({ labels: { pod: '1' }, until: 60 });
    run.fire({ labels: { pod: '1' }, from: 90 });
    expect(run.incidents()).toMatchObject([
      { open_key: null, alert_count: 2, firing_count: 1 },
      { alert_count: 1, firing_count: 1 },
    ]);
    run.end({ labels: { pod: '1' }, from: 90, until: 100 });
    run.sweep(220);
    expect(run.incidents().map(({ status }) => status)).toEqual(['resolved', 'open']);
    expect(run.fire({ labels: { pod: '1' }, from: 300 }).disposition).toBe('opened');
  });

  it('gets more urgent, never less, and is routed anew when its severity rises', () => {
    const run = new PipelineRun((policy) => {
      policy.routing.routes = [{ name: 'page', match: ['severity="critical"'], team: 'oncall' }];
    });
    run.fire({ labels: { severity: 'warning', pod: '1' } });
    const opened = run.incidents()[0]!.priority;
    run.fire({ labels: { severity: 'critical', pod: '2' } });
    const raised = run.incidents()[0]!;
    expect(raised.priority).toBeLessThan(opened);
    expect(raised.routes).toMatchObject([{ team: 'oncall' }]);
    run.end({ labels: { severity: 'critical', pod: '2' }, until: 60 });
    run.fire({ labels: { severity: 'info', pod: '3' }, from: 61 });
    expect(run.incidents()[0]).toMatchObject({ severity: 'critical', priority: raised.priority });
  });

  it('that people merged into another leaves its alerts to that one, until that one takes none', () => {
    const run = new PipelineRun();
    run.fire({ labels: { service: 'a' } });
    run.fire({ labels: { service: 'b' } });
    const [target, source] = run.incidents();
    if (!target || !source) throw new Error('two incidents were expected');
    source.status = 'resolved';
    source.merged_into = target.id;
    run.fire({ labels: { service: 'b', pod: '2' }, from: 10 });
    expect(target.alert_count).toBe(2);
    expect(run.fire({ labels: { service: 'b', pod: '3' }, from: 900 }).disposition).toBe('opened');
    expect(source.open_key).toBeNull();
  });
});

it('whatever happens in whatever order, counts are those of the members, and an incident is resolved iff all of them are', () => {
  const happening = fc.record({
    pod: fc.integer({ min: 0, max: 3 }),
    service: fc.constantFrom('shop', 'billing', ''),
    cluster: fc.constantFrom('c1', 'c2'),
    summary: fc.constantFrom('disk is full', 'disk is nearly full', 'expired'),
    kind: fc.constantFrom('fire', 'fire', 'end', 'sweep'),
    later: fc.integer({ min: 0, max: 400 }),
  });
  const strategy = fc.constantFrom<ConvergenceStrategy>(
    { by: 'labels', labels: ['service'] },
    { by: 'labels', labels: ['alertname'], across_clusters: true },
    { by: 'topology', levels: ['cluster', 'service', 'pod'] },
    { by: 'text', labels: [], similarity: 0.6, across_clusters: true },
    { by: 'alert' },
  );
  const settings = fc.record({
    strategy,
    max_alerts: fc.integer({ min: 1, max: 6 }),
    window: fc.constantFrom('1m', '5m', '1h'),
    window_kind: fc.constantFrom<'fixed' | 'sliding'>('fixed', 'sliding'),
    grace: fc.constantFrom('0s', '3m'),
    max_lifetime: fc.constantFrom('10m', '12h'),
  });
  fc.assert(
    fc.property(settings, fc.array(happening, { maxLength: 60 }), (rule, happenings) => {
      const run = new PipelineRun((policy) => {
        policy.convergence[0] = { ...policy.convergence[0]!, ...rule };
        policy.storm = { alerts: 4, window: '1m' };
        policy.flapping.changes = 4;
      });
      const started = new Map<string, number>();
      let now = 0;
      for (const { pod, service, cluster, summary, kind, later } of happenings) {
        now += later;
        if (kind === 'sweep') {
          run.sweep(now);
          continue;
        }
        const told: Told = { labels: { pod: String(pod), service }, cluster, annotations: { summary } };
        const alert = JSON.stringify([pod, service, cluster]);
        if (kind === 'fire') {
          started.set(alert, now);
          run.fire({ ...told, from: now });
        } else if (started.has(alert)) {
          run.end({ ...told, from: started.get(alert)!, until: now });
        }
        expect(inconsistencies(run)).toEqual([]);
      }
    }),
    { numRuns: 400 },
  );
});
