import fc from 'fast-check';
import { countingIds, plainPolicy } from '../../../test/alert-stream';
import { compilePolicy } from '../../policy/compile-policy';
import type { SuppressionDefinition } from '../../policy/policy-document';
import { normaliseAlert } from '../../webhook/normalised-alert';
import type { PipelineEvent } from '../facts';
import { WorkingSet } from '../working-set';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const OVER = NOON + 600 * MINUTE;

const base = { owner: 'ops', reason: 'tried', starts_at_ms: NOON, ends_at_ms: OVER, match: ['alertname=~".+"'] };
const suppressions: SuppressionDefinition[] = [
  { ...base, id: 'm', name: 'm', kind: 'maintenance', match: ['service="a"'], ends_at_ms: NOON + 20 * MINUTE },
  { ...base, id: 'c', name: 'c', kind: 'condition', match: [], condition: "labels.service == 'b'", duration: '5m' },
  {
    ...base,
    id: 'd',
    name: 'd',
    kind: 'dependency',
    source: ['alertname="A"'],
    match: ['alertname="B"'],
    equal: ['@cluster'],
  },
  {
    ...base,
    id: 'i',
    name: 'i',
    kind: 'inhibition',
    source: ['alertname="B"'],
    match: ['alertname="C"'],
    equal: ['service'],
  },
  { ...base, id: 'r', name: 'r', kind: 'rate_cap', cap: { alerts: 2, window: '10m', per: ['alertname'] } },
];

const step = fc.record({
  name: fc.constantFrom('A', 'B', 'C'),
  service: fc.constantFrom('a', 'b', 'c'),
  wait: fc.nat({ max: 6 }),
  ends: fc.boolean(),
});

describe('what suppressions hide', () => {
  it('is known, and reaches people once nothing hides it any more', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const compiled = compilePolicy({ policy: plainPolicy(), suppressions }, 1);
        if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
        const set = new WorkingSet<PipelineEvent>(compiled.policy, countingIds());
        const starts = new Map<string, number>();
        let now = NOON;
        const send = (name: string, service: string, status: 'firing' | 'resolved'): void => {
          const startsAt = new Date(starts.get(name + service)!).toISOString();
          const ending = status === 'resolved' ? { endsAt: new Date(now).toISOString() } : {};
          const wire = { status, labels: { alertname: name, service }, startsAt, ...ending };
          set.process({ alert: normaliseAlert(wire, 'cluster'), at: now });
        };
        for (const { name, service, wait, ends } of steps) {
          now += wait * MINUTE;
          if (ends !== starts.has(name + service)) continue;
          if (!ends) starts.set(name + service, now);
          send(name, service, ends ? 'resolved' : 'firing');
          if (ends) starts.delete(name + service);
          for (const episode of set.episodes.values()) {
            const isShown = episode.incident_id !== null;
            if (episode.status === 'firing') expect(isShown).toBe(episode.suppressed_by === null);
          }
        }
        now = OVER;
        for (const key of starts.keys()) send(key[0]!, key[1]!, 'firing');
        const firing = [...set.episodes.values()].filter(({ status }) => status === 'firing');
        expect(firing.length).toBe(starts.size);
        expect(
          firing.filter(({ incident_id, suppressed_by }) => incident_id === null || suppressed_by !== null),
        ).toEqual([]);
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
