import { alertsChanged, incidentOpened } from '@alertagent/contracts';
import type { StoredEvent } from '@alertagent/service-kit';
import { liveEvent, LIVE_KINDS } from './live-event';
import { liveFilter, type LiveQuery } from './live-filter';
import { parsePosition, positionText } from './live-position';
import { RecentEvents } from './recent-events';

const stored = (payload: unknown, subject = `${incidentOpened.subject}.key`): StoredEvent => ({
  seq: 1,
  storedAt: 1,
  subject,
  text: typeof payload === 'string' ? payload : JSON.stringify(payload),
});
const passes = (query: LiveQuery, event: StoredEvent): boolean => liveFilter(query)(liveEvent(event));

describe('an event of the live stream', () => {
  it('is of the kind its subject says', () => {
    expect(liveEvent(stored({}))).toMatchObject({ kind: 'incident-opened', data: '{}' });
    expect(LIVE_KINDS).toEqual(expect.arrayContaining(['incident-resolved', 'alert-suppressed', 'alerts-changed']));
  });

  it.each(['no json', '[1]', '"text"', 'null'])('is not shown when its payload is %s', (text) => {
    expect(liveEvent(stored(text)).kind).toBeNull();
    expect(passes({}, stored(text))).toBe(false);
  });

  it('is not shown when the message cannot be read, or is none of ours', () => {
    expect(liveEvent({ ...stored({}), text: null }).kind).toBeNull();
    expect(liveEvent(stored({}, 'alertagent.alerts.v1.something-else.key')).kind).toBeNull();
  });

  it('takes one line, however its text was broken', () => {
    expect(liveEvent(stored('{\n"a":\r\n1}')).data).toBe('{ "a": 1}');
  });
});

describe('a filter of the live stream', () => {
  const incident = stored({ cluster_id: 'one', severity: 'critical', clusters: [{ cluster_id: 'two' }] });

  it('passes everything unless told', () => {
    expect(passes({}, incident)).toBe(true);
  });

  it('by cluster also passes incidents that have a part in it', () => {
    expect(['one', 'two', 'three'].map((cluster_id) => passes({ cluster_id }, incident))).toEqual([true, true, false]);
  });

  it('by severity looks at the incident, at the alert, and at each of several', () => {
    expect(passes({ severity: 'critical' }, incident)).toBe(true);
    expect(passes({ severity: 'warning' }, incident)).toBe(false);
    expect(passes({ severity: 'warning' }, stored({ alert: { severity: 'warning' } }))).toBe(true);
    const several = (more: number): StoredEvent =>
      stored({ alerts: [{ severity: 'info' }, { severity: 'warning' }], more }, `${alertsChanged.subject}.one`);
    expect(passes({ severity: 'warning' }, several(0))).toBe(true);
    expect(passes({ severity: 'critical' }, several(0))).toBe(false);
    // One of the alerts that are not named may be critical.
    expect(passes({ severity: 'critical' }, several(1))).toBe(true);
  });

  it('by kinds takes a list, and says which kinds there are', () => {
    expect(passes({ kinds: 'incident-opened, incident-resolved' }, incident)).toBe(true);
    expect(passes({ kinds: 'incident-resolved' }, incident)).toBe(false);
    expect(() => liveFilter({ kinds: 'incident-opened,oops' })).toThrow('must be some of alert-suppressed');
  });
});

describe('a position in the stream', () => {
  it('survives being an event id', () => {
    const position = { created: 1_790_000_000_123, seq: 42, storedAt: 1_790_000_000_999 };
    expect(parsePosition(positionText(position))).toEqual(position);
  });

  it.each(['', '42', 'a-b-c', 'a-01-b', 'a--1-b', 'A-1-b', 'a-1-b\n', `${'a'.repeat(11)}-1-b`, 'a-1-b-2'])(
    'is not %p',
    (text) => {
      expect(parsePosition(text)).toBeNull();
    },
  );
});

describe('the recent events', () => {
  const event = (seq: number, data = ''): ReturnType<typeof liveEvent> => ({
    ...liveEvent(stored({})),
    seq,
    data,
  });

  it('are the last ones, found by number, also when numbers are missing', () => {
    const recent = new RecentEvents(3);
    for (const seq of [1, 2, 4, 7]) recent.add(event(seq));
    expect(recent.firstSeq).toBe(2);
    expect([0, 2, 3, 4, 7].map((seq) => recent.after(seq)?.seq)).toEqual([2, 4, 4, 7, undefined]);
    expect([1, 2, 3, 7].map((seq) => recent.get(seq)?.seq)).toEqual([undefined, 2, undefined, 7]);
  });

  it('are fewer when they are large, but the newest is always there', () => {
    const recent = new RecentEvents(10, 5);
    for (const seq of [1, 2, 3]) recent.add(event(seq, 'xx'));
    expect(recent.firstSeq).toBe(2);
    recent.add(event(4, 'x'.repeat(50)));
    expect(recent.firstSeq).toBe(4);
  });

  it('are none after clearing', () => {
    const recent = new RecentEvents(3);
    recent.add(event(1));
    recent.clear();
    expect(recent.firstSeq).toBeUndefined();
  });
});
