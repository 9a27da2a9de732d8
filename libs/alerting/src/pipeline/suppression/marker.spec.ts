import fc from 'fast-check';
import { countingIds, plainPolicy } from '../../../test/alert-stream';
import { compilePolicy } from '../../policy/compile-policy';
import type { SuppressionDefinition } from '../../policy/policy-document';
import { normaliseAlert } from '../../webhook/normalised-alert';
import type { PipelineEvent } from '../facts';
import type { PipelineDisposition } from '../verdict';
import { WorkingSet } from '../working-set';

const NOON = Date.parse('2026-11-22T12:00:00Z');
const SECOND = 1000;

const inhibition: SuppressionDefinition = {
  id: 'critical hides warning',
  name: 'critical hides warning',
  kind: 'inhibition',
  owner: 'ops',
  reason: 'the cause is enough',
  starts_at_ms: 0,
  ends_at_ms: null,
  match: ['severity=~"warning|both"'],
  source: ['severity=~"critical|both"'],
  equal: ['service'],
};
const dependency: SuppressionDefinition = {
  ...inhibition,
  id: 'cluster down',
  name: 'cluster down',
  kind: 'dependency',
  match: ['alertname!="ClusterDown"', 'alertname=~".+"'],
  source: ['alertname="ClusterDown"'],
  equal: ['@cluster'],
};

interface Step {
  status?: 'firing' | 'resolved';
  cluster?: string;
  labels?: Record<string, string>;
  /** Seconds after noon. */
  start?: number;
  at?: number;
}

function pipeline(...suppressions: SuppressionDefinition[]): (step: Step) => PipelineDisposition {
  const result = compilePolicy({ policy: plainPolicy(), suppressions }, 1);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const set = new WorkingSet<PipelineEvent>(result.policy, countingIds());
  return (step) => set.process(eventOf(step)).verdict.disposition;
}

function eventOf({ status = 'firing', cluster = 'c1', labels = {}, start = 0, at = start }: Step): PipelineEvent {
  const time = (seconds: number): string => new Date(NOON + seconds * SECOND).toISOString();
  const wire = {
    status,
    labels: { alertname: 'Slow', severity: 'warning', service: 'api', ...labels },
    startsAt: time(start),
    ...(status === 'resolved' ? { endsAt: time(at) } : {}),
  };
  return { alert: normaliseAlert(wire, cluster), at: NOON + at * SECOND };
}

describe('an inhibition', () => {
  const cause = { labels: { alertname: 'Down', severity: 'critical' } };

  it('hides a consequence while its cause fires, and lets go of it afterwards', () => {
    const process = pipeline(inhibition);
    expect(process(cause)).toBe('opened');
    expect(process({ start: 1 })).toBe('suppressed');
    expect(process({ start: 1, at: 5 })).toBe('duplicate');
    expect(process({ ...cause, status: 'resolved', at: 10 })).toBe('resolved');
    expect(process({ start: 1, at: 20 })).toBe('opened');
  });

  it('hides nothing that came before its cause: people know of it already', () => {
    const process = pipeline(inhibition);
    expect([process({ start: 1 }), process({ ...cause, start: 2 }), process({ start: 1, at: 3 })]).toEqual([
      'opened',
      'opened',
      'duplicate',
    ]);
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['another value', { service: 'api' }, { service: 'web' }],
    ['none on either side', { service: '' }, { service: '' }],
    ['none on the side of the cause', { service: '' }, { service: 'api' }],
  ])('needs what both share: %s', (_what, ofCause, ofConsequence) => {
    const process = pipeline(inhibition);
    process({ labels: { ...cause.labels, ...ofCause } });
    expect(process({ start: 1, labels: ofConsequence })).toBe('opened');
  });

  it('does not let an alert hide itself, or two that could hide each other', () => {
    const process = pipeline(inhibition);
    const both = { severity: 'both' };
    expect(process({ labels: both })).toBe('opened');
    expect(process({ labels: { ...both, alertname: 'Other' } })).toBe('opened');
    // The next episode of the first, whose end was lost.
    expect(process({ labels: both, start: 100 })).not.toBe('suppressed');
    expect(process({ labels: { alertname: 'Third' }, start: 101 })).toBe('suppressed');
  });

  it('goes on while one of several causes fires', () => {
    const process = pipeline(inhibition);
    const second = { labels: { ...cause.labels, alertname: 'Down too' } };
    process(cause);
    process(second);
    process({ ...cause, status: 'resolved', at: 10 });
    expect(process({ start: 11 })).toBe('suppressed');
    process({ ...second, status: 'resolved', at: 12 });
    expect(process({ labels: { alertname: 'Late' }, start: 13 })).not.toBe('suppressed');
  });

  it('does not hide by alerts that were marked under other words of it', () => {
    const words = (terms: Partial<SuppressionDefinition>): string[] => {
      const result = compilePolicy({ policy: plainPolicy(), suppressions: [{ ...inhibition, ...terms }] }, 1);
      if (!result.ok) throw new Error('not valid');
      return result.policy.suppressions.markersOf(eventOf(cause).alert).map(({ marker_key }) => marker_key);
    };
    const keys = [
      {},
      { match: ['severity="warning"'] },
      { equal: ['service', 'alertname'] },
      { id: 'another' },
    ].flatMap(words);
    expect(new Set(keys).size).toBe(4);
    expect(words({ reason: 'reworded', name: 'reworded' })).toEqual(words({}));
  });

  it('agrees with the plain sentence about it, for any alerts', () => {
    const severity = fc.constantFrom('critical', 'warning', 'both', 'info');
    const labels = fc.record({
      severity,
      service: fc.constantFrom('api', 'web', ''),
      alertname: fc.constantFrom('A', 'B'),
    });
    const step = fc.record({ labels, cluster: fc.constantFrom('c1', 'c2'), ends: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const process = pipeline(inhibition);
        const firing = new Map<string, { severity: string; service: string; start: number }>();
        for (const [index, { labels: one, cluster, ends }] of steps.entries()) {
          const key = JSON.stringify([one, cluster]);
          const known = firing.get(key);
          if (ends) {
            if (known) process({ labels: one, cluster, start: known.start, at: index, status: 'resolved' });
            firing.delete(key);
            continue;
          }
          if (known) continue;
          const isTarget = one.severity === 'warning' || one.severity === 'both';
          const sources = one.severity === 'both' ? ['critical'] : ['critical', 'both'];
          const isHidden =
            isTarget &&
            [...firing.values()].some(
              (other) => sources.includes(other.severity) && other.service === one.service && one.service !== '',
            );
          expect(process({ labels: one, cluster, start: index }) === 'suppressed').toBe(isHidden);
          firing.set(key, { ...one, start: index });
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('a dependency', () => {
  it('hides all alerts of a cluster that is down, and those of no other', () => {
    const process = pipeline(dependency);
    process({ labels: { alertname: 'ClusterDown' } });
    expect(process({ start: 1 })).toBe('suppressed');
    expect(process({ start: 1, labels: { service: 'web', severity: 'critical' } })).toBe('suppressed');
    expect(process({ start: 1, cluster: 'c2' })).toBe('opened');
  });
});
