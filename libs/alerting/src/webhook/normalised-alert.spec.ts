import fc from 'fast-check';
import { normaliseAlert } from './normalised-alert';

function alert(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    status: 'firing',
    labels: { alertname: 'HighCPU', severity: 'critical' },
    annotations: { summary: 's' },
    startsAt: '2026-11-22T10:40:55.117721795Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: '969d935554686f34',
    ...over,
  };
}

it('an alert comes out in the form of the pipeline', () => {
  expect(normaliseAlert(alert(), 'c1')).toMatchObject({
    cluster_id: 'c1',
    status: 'firing',
    name: 'HighCPU',
    severity: 'critical',
    starts_at: '2026-11-22T10:40:55.117721795Z',
    starts_at_ms: Date.parse('2026-11-22T10:40:55.117Z'),
    ends_at_ms: null,
    generator_url: null,
    fingerprint: '969d935554686f34',
    truncated: false,
  });
});

it('an alert without name and severity keeps both apart from empty text', () => {
  const normalised = normaliseAlert(alert({ labels: { a: 'x' }, annotations: null }), 'c1');
  expect(normalised).toMatchObject({ name: '', severity: null, annotations: {} });
});

it('a resolved alert has its end', () => {
  const resolved = normaliseAlert(alert({ status: 'resolved', endsAt: '2026-11-22T10:41:48Z' }), 'c1');
  expect(resolved.ends_at_ms).toBe(Date.parse('2026-11-22T10:41:48Z'));
});

it('the identity of an episode does not depend on the order of labels, nor on status and annotations', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.string(), fc.string()), { selector: ([name]) => name, minLength: 1 }),
      (pairs) => {
        const labels = Object.fromEntries([...pairs, ['alertname', 'A']]);
        const reversed = Object.fromEntries([...Object.entries(labels)].reverse());
        fc.pre(pairs.every(([name, value]) => name !== '' && !/\p{Cc}/u.test(name + value)));
        const one = normaliseAlert(alert({ labels }), 'c1');
        const other = normaliseAlert(alert({ labels: reversed, status: 'resolved', annotations: {} }), 'c1');
        expect(other.episode_key).toBe(one.episode_key);
        expect(other.label_hash).toBe(one.label_hash);
      },
    ),
  );
});

it.each<[string, Record<string, unknown>, string]>([
  ['another cluster', {}, 'c2'],
  ['another label value', { labels: { alertname: 'HighCPU', severity: 'warning' } }, 'c1'],
  ['a label in two', { labels: { alertname: 'HighCPU', severity: 'crit', ical: '' } }, 'c1'],
  ['a trailing space', { labels: { alertname: 'HighCPU ', severity: 'critical' } }, 'c1'],
  ['another case', { labels: { alertname: 'highCPU', severity: 'critical' } }, 'c1'],
])('%s is another alert', (_, over, cluster) => {
  expect(normaliseAlert(alert(over), cluster).label_hash).not.toBe(normaliseAlert(alert(), 'c1').label_hash);
});

it('a start one nanosecond later is another episode of the same alert', () => {
  const later = normaliseAlert(alert({ startsAt: '2026-11-22T10:40:55.117721796Z' }), 'c1');
  const first = normaliseAlert(alert(), 'c1');
  expect(later.episode_key).not.toBe(first.episode_key);
  expect(later.label_hash).toBe(first.label_hash);
});

it('the same moment in another zone is the same episode', () => {
  const elsewhere = normaliseAlert(alert({ startsAt: '2026-11-22T18:40:55.117721795+08:00' }), 'c1');
  expect(elsewhere.episode_key).toBe(normaliseAlert(alert(), 'c1').episode_key);
  expect(elsewhere.starts_at).toBe('2026-11-22T18:40:55.117721795+08:00');
});

it('long values are cut at a code point and flagged, and the identity is that of the whole', () => {
  const long = normaliseAlert(alert({ labels: { a: '高'.repeat(2000) }, annotations: { a: '😀'.repeat(5000) } }), 'c1');
  expect(long.truncated).toBe(true);
  expect(long.labels.a).toBe('高'.repeat(1365));
  expect(long.annotations.a).toBe('😀'.repeat(4096));
  const other = normaliseAlert(alert({ labels: { a: '高'.repeat(2001) } }), 'c1');
  expect(other.label_hash).not.toBe(long.label_hash);
  expect(normaliseAlert(alert({ labels: { a: 'x'.repeat(4096) } }), 'c1').truncated).toBe(false);
});

it('labels named like built-in properties are data and change no other object', () => {
  const labels: unknown = JSON.parse('{"__proto__": "p", "constructor": "c", "toString": "t"}');
  const normalised = normaliseAlert(alert({ labels }), 'c1');
  expect(Object.entries(normalised.labels)).toEqual([
    ['__proto__', 'p'],
    ['constructor', 'c'],
    ['toString', 't'],
  ]);
  expect(JSON.stringify(normalised.labels)).toBe('{"__proto__":"p","constructor":"c","toString":"t"}');
  expect('p' in {}).toBe(false);
});

it('an alert that belongs in quarantine is not normalised', () => {
  expect(() => normaliseAlert({ status: 'firing' }, 'c1')).toThrow(TypeError);
});
