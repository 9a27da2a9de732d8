import fc from 'fast-check';
import type { SuppressionDefinition, SuppressionKind } from '../policy/policy-document';
import { normaliseAlert, type NormalisedAlert } from '../webhook/normalised-alert';
import type { SuppressionSituation } from './suppression/compiled-suppression';
import { compileSuppressions, JUDGING_ORDER, type Suppressions } from './suppressions';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-22T12:00:00Z');
const CLUSTER = 'cluster-1';

const definition = (kind: SuppressionKind, terms: Partial<SuppressionDefinition> = {}): SuppressionDefinition => ({
  id: kind,
  name: `a ${kind}`,
  kind,
  owner: 'ops',
  reason: 'planned work',
  starts_at_ms: NOON,
  ends_at_ms: NOON + 60 * MINUTE,
  match: ['service="api"'],
  ...terms,
});

const BY_KIND: Readonly<Record<SuppressionKind, SuppressionDefinition>> = {
  maintenance: definition('maintenance'),
  condition: definition('condition', { condition: "labels.service == 'api'", match: [] }),
  inhibition: definition('inhibition', { source: ['alertname="NodeDown"'], equal: ['instance'] }),
  dependency: definition('dependency', { source: ['alertname="ClusterDown"'], equal: ['@cluster'] }),
  rate_cap: definition('rate_cap', { cap: { alerts: 2, window: '10m', per: ['alertname'] } }),
  noise: definition('noise', { match: [], label_hashes: ['0'.repeat(64)] }),
};

function compiled(...definitions: SuppressionDefinition[]): Suppressions {
  const { value, problems } = compileSuppressions(definitions);
  expect(problems).toEqual([]);
  return value;
}

function alert(labels: Record<string, string> = {}, minute = 0, more: Partial<NormalisedAlert> = {}): NormalisedAlert {
  const wire = {
    status: 'firing',
    labels: { alertname: 'Slow', service: 'api', instance: 'a', ...labels },
    startsAt: new Date(NOON + minute * MINUTE).toISOString(),
  };
  return { ...normaliseAlert(wire, CLUSTER), ...more };
}

const NEW: SuppressionSituation = { markers: [], caps: {}, known: null, newest: null };
const KNOWN: SuppressionSituation = {
  ...NEW,
  known: {
    id: 'known',
    status: 'firing',
    starts_at_ms: NOON,
    ends_at_ms: null,
    incident_id: null,
    suppressed_by: 'maintenance',
    replica: null,
    changes: [],
    flapping: false,
  },
};
const judged = (suppressions: Suppressions, one: NormalisedAlert, minute: number, situation = NEW): string | null =>
  suppressions.judge({ alert: one, at: NOON + minute * MINUTE }, situation)?.suppression_id ?? null;

describe('suppressions', () => {
  it('let every end of an alert pass, whatever they are', () => {
    const all = compiled(...Object.values(BY_KIND).map((one) => ({ ...one, match: ['alertname=~".+"'] })));
    const markers = Object.keys(BY_KIND).map((suppression_id) => ({ suppression_id, alert_id: 'other' }));
    expect(judged(all, alert(), 1, { ...NEW, markers })).not.toBeNull();
    expect(judged(all, alert({}, 0, { status: 'resolved' }), 1, { ...NEW, markers })).toBeNull();
  });

  it('name the first that applies: in the order of kinds, then in the order of the list', () => {
    const hash = alert().label_hash;
    const all = [
      ...Object.values(BY_KIND).map((one) => (one.kind === 'noise' ? { ...one, label_hashes: [hash] } : one)),
      { ...BY_KIND.maintenance, id: 'second maintenance' },
    ];
    const capKey = compiled(BY_KIND.rate_cap).capKeysOf(alert(), NOON)[0]!.cap_key;
    const situation = {
      ...NEW,
      markers: ['inhibition', 'dependency'].map((suppression_id) => ({ suppression_id, alert_id: 'other' })),
      caps: { [capKey]: 2 },
    };
    const named: (string | null)[] = [];
    let left = all;
    while (left.length > 0) {
      const id = judged(compiled(...left), alert(), 0, situation);
      named.push(id);
      left = left.filter((one) => one.id !== id);
    }
    expect(named).toEqual([JUDGING_ORDER[0], 'second maintenance', ...JUDGING_ORDER.slice(1)]);
  });

  it('say which one hides an alert, and why', () => {
    expect(compiled(BY_KIND.maintenance).judge({ alert: alert(), at: NOON }, NEW)).toEqual({
      suppression_id: 'maintenance',
      name: 'a maintenance',
      why: 'hidden by maintenance "a maintenance": the maintenance lasts until 2026-11-22T13:00:00Z',
    });
  });

  describe('for maintenance', () => {
    const window = compiled(BY_KIND.maintenance);

    it.each([
      ['that starts in the window', 10, 10, 'maintenance'],
      ['that started before and still fires in it', -30, 5, 'maintenance'],
      ['that starts as it begins', 0, 0, 'maintenance'],
      ['that starts as it ends', 60, 60, null],
      ['that started in it, although its news comes after the end', 59, 90, 'maintenance'],
      ['that started in it, although its news comes a day later', 1, 1440, 'maintenance'],
      ['that started before and was heard of after it', -1, 61, null],
      ['that is over before it begins', -30, -10, null],
    ])('hide an alert %s', (_what, start, at, expected) => {
      expect(judged(window, alert({}, start), at)).toBe(expected);
    });

    it('let go of an alert that repeats itself after the end', () => {
      expect(judged(window, alert({}, 10), 59, KNOWN)).toBe('maintenance');
      expect(judged(window, alert({}, 10), 60, KNOWN)).toBeNull();
    });

    it('let go of it when it repeats itself by way of another replica', () => {
      const byReplica = { ...NEW, newest: KNOWN.known! };
      expect(judged(window, alert({}, 10), 60, byReplica)).toBeNull();
    });

    it('judge news by when the alert started, however long it was on its way', () => {
      fc.assert(
        fc.property(fc.integer({ min: -120, max: 180 }), fc.nat({ max: 3000 }), (start, delay) => {
          const isWithin = (minute: number): boolean => minute >= 0 && minute < 60;
          const expected = isWithin(start) || isWithin(start + delay) ? 'maintenance' : null;
          expect(judged(window, alert({}, start), start + delay)).toBe(expected);
        }),
      );
    });

    it('hide within each window that recurs, and not between', () => {
      const nightly = compiled(
        definition('maintenance', {
          starts_at_ms: NOON,
          ends_at_ms: NOON + 48 * 60 * MINUTE,
          recurrence: { cron: '0 2 * * *', time_zone: 'Europe/Berlin', duration: '1h' },
        }),
      );
      const twoAtNight = 13 * 60;
      expect(
        [twoAtNight - 1, twoAtNight, twoAtNight + 59, twoAtNight + 60].map((at) => judged(nightly, alert({}, at), at)),
      ).toEqual([null, 'maintenance', 'maintenance', null]);
      expect(judged(nightly, alert({}, twoAtNight + 10), twoAtNight + 300)).toBe('maintenance');
      expect(judged(nightly, alert({}, twoAtNight + 10), twoAtNight + 300, KNOWN)).toBeNull();
      // Over for good.
      expect(judged(nightly, alert({}, twoAtNight + 48 * 60), twoAtNight + 48 * 60)).toBeNull();
    });
  });

  it('hide by a condition for a while from each alert’s start', () => {
    const terms = {
      condition: "labels.maintenance == 'true'",
      match: [],
      duration: '10m',
      starts_at_ms: 0,
      ends_at_ms: null,
    };
    const suppressions = compiled(definition('condition', terms));
    const marked = alert({ maintenance: 'true' });
    expect([0, 10, 11].map((at) => judged(suppressions, marked, at))).toEqual(['condition', 'condition', null]);
    expect(judged(suppressions, alert({ maintenance: 'false' }), 0)).toBeNull();
    expect(judged(suppressions, alert(), 0)).toBeNull();
  });

  it('hide known noise by its labels until it expires', () => {
    const noisy = alert({ instance: 'noisy' });
    const suppressions = compiled({ ...BY_KIND.noise, label_hashes: [noisy.label_hash] });
    expect(judged(suppressions, noisy, 0)).toBe('noise');
    expect(judged(suppressions, alert({ instance: 'other' }), 0)).toBeNull();
    expect(judged(suppressions, alert({ instance: 'noisy' }, 61), 61)).toBeNull();
  });

  describe('by rate caps', () => {
    const caps = compiled(BY_KIND.rate_cap);

    it('hide what is over the cap of its window and label values', () => {
      const keyOf = (name: string, minute: number): string =>
        caps.capKeysOf(alert({ alertname: name }), NOON + minute * MINUTE)[0]!.cap_key;
      const full = { ...NEW, caps: { [keyOf('Slow', 0)]: 2 } };
      expect(judged(caps, alert(), 9, full)).toBe('rate_cap');
      expect(judged(caps, alert(), 10, full)).toBeNull();
      expect(judged(caps, alert({ alertname: 'Other' }), 9, full)).toBeNull();
      expect(keyOf('Slow', 0)).toBe(keyOf('Slow', 9));
      expect(keyOf('Slow', 0)).not.toBe(keyOf('Slow', 10));
    });

    it('count what they apply to, while they are in force', () => {
      expect(caps.capKeysOf(alert(), NOON + MINUTE)).toMatchObject([{ bucket: NOON }]);
      expect(caps.capKeysOf(alert(), NOON - MINUTE)).toEqual([]);
      expect(caps.capKeysOf(alert({ service: 'web' }), NOON)).toEqual([]);
    });

    it('let through exactly the cap in each window, in any order of arrival', () => {
      const arrival = fc.record({ name: fc.constantFrom('A', 'B'), minute: fc.nat({ max: 59 }) });
      fc.assert(
        fc.property(fc.array(arrival, { maxLength: 60 }), (arrivals) => {
          const counts: Record<string, number> = {};
          const passed = new Map<string, number>();
          for (const { name, minute } of arrivals) {
            const one = alert({ alertname: name }, minute);
            if (judged(caps, one, minute, { ...NEW, caps: counts }) !== null) continue;
            for (const { cap_key } of caps.capKeysOf(one, NOON + minute * MINUTE))
              counts[cap_key] = (counts[cap_key] ?? 0) + 1;
            const place = `${name} ${Math.floor(minute / 10)}`;
            passed.set(place, (passed.get(place) ?? 0) + 1);
          }
          for (const { name, minute } of arrivals) {
            const place = `${name} ${Math.floor(minute / 10)}`;
            const came = arrivals.filter((one) => `${one.name} ${Math.floor(one.minute / 10)}` === place).length;
            expect(passed.get(place)).toBe(Math.min(2, came));
          }
        }),
      );
    });
  });

  it.each<[string, Partial<SuppressionDefinition>, string, string]>([
    ['without an owner', { owner: ' ' }, '/0/owner', 'required'],
    ['without a reason', { reason: '' }, '/0/reason', 'required'],
    ['for maintenance without an end', { ends_at_ms: null }, '/0/ends_at_ms', 'required'],
    ['for noise without an end', { ...BY_KIND.noise, ends_at_ms: null }, '/0/ends_at_ms', 'required'],
    ['that end before they begin', { ends_at_ms: NOON }, '/0/ends_at_ms', 'ends_before_start'],
    ['that hide every alert', { match: [] }, '/0/match', 'matches_everything'],
    ['that hide every alert by matchers of what is absent', { match: ['team!="x"'] }, '/0/match', 'matches_everything'],
    ['with a faulty matcher', { match: ['a="1"', 'b=~"("'] }, '/0/match/1', 'bad_matcher'],
    ['with a faulty condition', { condition: 'labels.a ==' }, '/0/condition', 'bad_condition'],
    ['with fields of another kind', { equal: ['a'] }, '/0/equal', 'not_for_kind'],
    ['without a condition', { ...BY_KIND.condition, condition: null }, '/0/condition', 'required'],
    ['with a faulty duration', { ...BY_KIND.condition, duration: 'long' }, '/0/duration', 'bad_duration'],
    ['with any alert as source', { ...BY_KIND.inhibition, source: ['a!="x"'] }, '/0/source', 'matches_everything'],
    ['without a source', { ...BY_KIND.inhibition, source: [] }, '/0/source', 'required'],
    ['with nothing in common', { ...BY_KIND.dependency, equal: [] }, '/0/equal', 'required'],
    ['without a cap', { ...BY_KIND.rate_cap, cap: null }, '/0/cap', 'required'],
    [
      'with a cap of nothing',
      { ...BY_KIND.rate_cap, cap: { alerts: 0, window: '1m', per: [] } },
      '/0/cap/alerts',
      'out_of_range',
    ],
    [
      'with a cap for years',
      { ...BY_KIND.rate_cap, cap: { alerts: 1, window: '1y', per: [] } },
      '/0/cap/window',
      'bad_duration',
    ],
    ['with something else than hashes', { ...BY_KIND.noise, label_hashes: ['x'] }, '/0/label_hashes/0', 'bad_hash'],
    [
      'with a faulty recurrence',
      { recurrence: { cron: 'x', time_zone: 'UTC', duration: '1h' } },
      '/0/recurrence/cron',
      'bad_cron',
    ],
  ])('are refused %s, and hide nothing then', (_what, terms, pointer, code) => {
    const { value, problems } = compileSuppressions([definition('maintenance', terms)]);
    expect(problems).toContainEqual(expect.objectContaining({ pointer, code }));
    expect(judged(value, alert(), 1)).toBeNull();
  });
});
