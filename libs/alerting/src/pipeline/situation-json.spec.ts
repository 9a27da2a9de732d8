import fc from 'fast-check';
import { countingIds, eventOf, richSnapshot, sentAlerts } from '../../test/alert-stream';
import { compilePolicy, type CompiledPolicy } from '../policy/compile-policy';
import { decideEvent } from './decide-event';
import type { EpisodeFacts, IncidentFacts, Situation } from './facts';
import { compactSituation, expandSituation } from './situation-json';
import { WorkingSet } from './working-set';

const NOTHING: Situation = {
  known: null,
  newest: null,
  markers: [],
  caps: {},
  candidates: [],
  own: null,
  predecessor: null,
  past_incidents: 0,
  rule_changed_at: null,
  rule_for_ms: 0,
};

describe('the stored form of a situation', () => {
  it('is as short as it can be when nothing was known', () => {
    expect(compactSituation(NOTHING)).toBe('{}');
    expect(expandSituation('{}')).toEqual(NOTHING);
  });

  it('gives back whatever was written, field by field', () => {
    fc.assert(
      fc.property(situation, (written) => {
        expect(expandSituation(compactSituation(written))).toEqual(written);
      }),
      { numRuns: 500 },
    );
  });

  it('writes an incident once that is both the own one and a candidate', () => {
    const one = fc.sample(incident, { numRuns: 1, seed: 7 })[0]!;
    const text = compactSituation({ ...NOTHING, candidates: [one], own: { ...one } });
    expect(text.split(JSON.stringify(one.id))).toHaveLength(2);
    expect(expandSituation(text).own).toEqual(one);
  });
});

describe('a decision', () => {
  it('is the same 10,000 times of 10,000 when it is taken again from what was stored about it', () => {
    const policy = compiled();
    const again = compiled();
    const set = new WorkingSet(policy, countingIds());
    const dispositions = new Map<string, number>();
    let identical = 0;
    for (const sent of sentAlerts(10_000, 1)) {
      const { situation: facts, verdict } = set.process(eventOf(sent, policy.ignore_labels));
      const [stored, storedFacts] = [JSON.stringify(verdict), compactSituation(facts)];
      const replayed = decideEvent(again, eventOf(sent, again.ignore_labels), expandSituation(storedFacts));
      if (JSON.stringify(replayed) === stored) identical += 1;
      dispositions.set(verdict.disposition, (dispositions.get(verdict.disposition) ?? 0) + 1);
    }
    expect(identical).toBe(10_000);
    // The stream is worth its name only when every way through the pipeline was taken.
    for (const disposition of ['opened', 'merged', 'resolved', 'duplicate', 'stale']) {
      expect(dispositions.get(disposition)).toBeGreaterThan(30);
    }
  });
});

function compiled(): CompiledPolicy {
  const result = compilePolicy(richSnapshot(), 1);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

const when = fc.integer({ min: 0, max: 4_000_000_000_000 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null });
const text = fc.string({ unit: 'grapheme', maxLength: 20 });

const episode: fc.Arbitrary<EpisodeFacts> = fc.record({
  id: text,
  status: fc.constantFrom('firing' as const, 'resolved' as const),
  starts_at_ms: when,
  ends_at_ms: maybe(when),
  incident_id: maybe(text),
  suppressed_by: maybe(text),
  replica: maybe(text),
  changes: fc.array(when, { maxLength: 32 }),
  flapping: fc.boolean(),
});

const incident: fc.Arbitrary<IncidentFacts> = fc
  .record({
    id: fc.uuid(),
    status: fc.constantFrom('open' as const, 'resolved' as const),
    group_key: text,
    severity_rank: fc.nat(5),
    alert_count: fc.nat(),
    firing_count: fc.nat(),
    opened_at: when,
    last_alert_at: when,
    clusters: fc.array(text, { maxLength: 4 }),
    priority: fc.integer({ min: 1, max: 5 }),
    burst_from: maybe(when),
    burst_count: fc.nat(),
    storm_at: maybe(when),
    flapping: fc.boolean(),
    settle_at: maybe(when),
    rule_id: maybe(text),
    rule_version: maybe(fc.nat()),
    text: maybe(text),
  })
  .chain((facts) =>
    fc.oneof(fc.constant(facts.group_key), fc.constant(null), text).map((open_key) => ({ ...facts, open_key })),
  );

const situation: fc.Arbitrary<Situation> = fc.record({
  known: maybe(episode),
  newest: maybe(episode),
  markers: fc.array(fc.record({ suppression_id: text, alert_id: text }), { maxLength: 3 }),
  caps: fc.dictionary(fc.uuid(), fc.nat(), { noNullPrototype: true }),
  candidates: fc.array(incident, { maxLength: 3 }),
  own: maybe(incident),
  predecessor: maybe(incident),
  past_incidents: fc.nat(),
  rule_changed_at: maybe(when),
  rule_for_ms: fc.nat(),
});
