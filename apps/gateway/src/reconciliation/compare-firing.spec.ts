import { compareFiring, type Observation } from './compare-firing';
import { ObservedSince } from './observed-since';

const MINUTE = 60_000;
const NOW = 100 * MINUTE;
const observation: Observation = { taken_at: NOW, observed_since: 0, settling_ms: 5 * MINUTE };

const recorded = (label_hash: string, seen: number) => ({ label_hash, received_at: seen, last_seen_at: null });
const source = (label_hash: string, starts_at_ms: number, is_quiet = false) => ({ label_hash, starts_at_ms, is_quiet });

describe('comparing what fires with what is recorded', () => {
  it('finds nothing when both agree', () => {
    const result = compareFiring([recorded('a', 0)], [source('a', 0)], observation);
    expect(result).toEqual({ lost: [], orphans: [] });
  });

  it('finds an alert whose notification never came, once', () => {
    const { lost } = compareFiring([], [source('a', 0), source('a', 0)], observation);
    expect(lost.map(({ label_hash }) => label_hash)).toEqual(['a']);
  });

  it('gives a notification the time it needs', () => {
    expect(compareFiring([], [source('a', NOW - 4 * MINUTE)], observation).lost).toEqual([]);
    expect(compareFiring([], [source('a', NOW - 5 * MINUTE)], observation).lost).toHaveLength(1);
  });

  it('opens nothing that is silenced or inhibited at its source, and ends nothing that is', () => {
    expect(compareFiring([], [source('a', 0, true)], observation).lost).toEqual([]);
    expect(compareFiring([recorded('a', 0)], [source('a', 0, true)], observation).orphans).toEqual([]);
  });

  it('finds an alert whose end never came', () => {
    const { orphans } = compareFiring([recorded('a', 0), recorded('b', 0)], [source('b', 0)], observation);
    expect(orphans.map(({ label_hash }) => label_hash)).toEqual(['a']);
  });

  it('ends nothing that was reported through the settling time: a restarted Alertmanager knows nothing at first', () => {
    expect(compareFiring([recorded('a', NOW - 4 * MINUTE)], [], observation).orphans).toEqual([]);
    const seen = { label_hash: 'a', received_at: 0, last_seen_at: NOW - MINUTE };
    expect(compareFiring([seen], [], observation).orphans).toEqual([]);
  });

  it('ends nothing before the source has been watched for a whole settling time', () => {
    const since = { ...observation, observed_since: NOW - 4 * MINUTE };
    expect(compareFiring([recorded('a', 0)], [], since).orphans).toEqual([]);
  });
});

describe('the time that a source has been watched', () => {
  it('goes on from set to set, per cluster', () => {
    const observed = new ObservedSince(5 * MINUTE);
    expect(observed.note('a', 0)).toBe(0);
    expect(observed.note('a', 4 * MINUTE)).toBe(0);
    expect(observed.note('b', 4 * MINUTE)).toBe(4 * MINUTE);
    expect(observed.note('a', 9 * MINUTE)).toBe(0);
  });

  it('begins anew after a gap', () => {
    const observed = new ObservedSince(5 * MINUTE);
    observed.note('a', 0);
    expect(observed.note('a', 6 * MINUTE)).toBe(6 * MINUTE);
  });
});
