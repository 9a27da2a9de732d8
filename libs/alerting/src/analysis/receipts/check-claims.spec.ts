import { checkClaims } from './check-claims';
import { claimsFrom, type Claim } from './claim';
import { evidenceHash, type EvidenceItem } from './evidence-item';

const samples = (values: number[]): [number, string][] =>
  values.map((value, index) => [1_795_000_000 + index * 60, String(value)]);

const ITEMS: readonly EvidenceItem[] = [
  {
    id: 'a1',
    kind: 'alert',
    title: 'The alert',
    query: null,
    value: {
      name: 'DiskFull',
      labels: { instance: 'db-3.example:9100', mountpoint: '/var/lib/mysql', severity: 'critical' },
      starts_at: '2026-11-28T03:12:00Z',
    },
  },
  {
    id: 'm1',
    kind: 'metrics',
    title: 'Disk used',
    query: 'query_range disk_used_ratio',
    value: [{ metric: { instance: 'db-3.example:9100' }, values: samples([0.61, 0.72, 0.83, 0.91, 0.957]) }],
  },
  {
    id: 'm2',
    kind: 'metrics',
    title: 'Requests',
    query: 'query_range requests',
    value: [
      { metric: { instance: 'web-1:8080' }, values: samples([120, 118, 121]) },
      { metric: { instance: 'web-2:8080' }, values: samples([119, 0, 0]) },
    ],
  },
  {
    id: 'r1',
    kind: 'rule',
    title: 'The rule',
    query: 'rule 7',
    value: { expression: 'disk_used_ratio > 0.9', for: '10m', version: 4, owner: 'storage' },
  },
  {
    id: 'v1',
    kind: 'rule_versions',
    title: 'Versions',
    query: 'versions 7',
    value: [
      { version: 4, author: 'olga', at: '2026-11-27T15:04:00Z', reason: 'threshold lowered' },
      { version: 3, author: 'ben', at: '2026-10-02T09:00:00Z', reason: 'first' },
    ],
  },
  {
    id: 's1',
    kind: 'similar_incidents',
    title: 'Similar',
    query: null,
    value: [{ id: 'inc-0042', title: 'DiskFull on db-3', minutes: 47, similarity: 0.86 }],
  },
  {
    id: 'k1',
    kind: 'knowledge',
    title: 'Runbook',
    query: null,
    value: {
      title: 'Disk full',
      version: 2,
      passage: 'Delete rotated logs older than 7 days, then grow the volume to 200 GB.',
    },
  },
  {
    id: 'x1',
    kind: 'metrics',
    title: 'Changed meanwhile',
    query: 'query_range load',
    value: [{ values: samples([4]) }],
  },
  { id: 'x2', kind: 'metrics', title: 'Gone', query: 'query_range gone', value: [{ values: samples([9]) }] },
];

const AGAIN = new Map<string, string | null>([
  ...ITEMS.map(({ id, value }): [string, string] => [id, evidenceHash(value)]),
  ['x1', evidenceHash([{ values: samples([5]) }])],
  ['x2', null],
]);

const check = (evidence: string, statistic: string | null, op: string, value: unknown, path = '') => ({
  evidence,
  path,
  statistic,
  op,
  value,
});
const claim = (text: string, evidence: string[], ...checks: object[]) => ({ text, evidence, checks });

const TRUE: readonly object[] = [
  claim('The disk of `db-3.example:9100` was 95.7% full at the end', ['m1']),
  claim('Usage rose to 96 percent', ['m1']),
  claim('It began at 61% and only rose', ['m1'], check('m1', 'first', '<', 0.62), check('m1', 'last', '>', 0.95)),
  claim('The disk was above the threshold', ['m1', 'r1'], check('m1', 'max', '>', 0.9)),
  claim('It never fell below half', ['m1'], check('m1', 'min', '>=', 0.5)),
  claim('Five samples were taken', ['m1'], check('m1', 'count', '==', 5)),
  claim('The mount point is "/var/lib/mysql"', ['a1']),
  claim('It started at 03:12', ['a1']),
  claim('The alert is critical', ['a1'], check('a1', null, '==', 'critical', '/labels/severity')),
  claim('web-2:8080 gets no requests any more', ['m2'], check('m2', 'last', '==', 0, '/1/values')),
  claim('web-1:8080 still serves about 120 requests', ['m2']),
  claim('Only one of 2 instances is affected', ['m2']),
  claim('web-1 serves more than a hundred', ['m2'], check('m2', 'min', '>', 100, '/0')),
  claim('The rule waits for 10m', ['r1']),
  claim('The rule is at version 4 and belongs to "storage"', ['r1']),
  claim('The threshold is 0.9', ['r1']),
  claim('olga changed the rule the day before', ['v1'], check('v1', null, '==', 'olga', '/0/author')),
  claim('The change of 2026-11-27 says "threshold lowered"', ['v1']),
  claim('There are 2 versions', ['v1']),
  claim('The same happened in inc-0042 and took 47 minutes', ['s1']),
  claim('It is alike to 86%', ['s1']),
  claim('The runbook says "Delete rotated logs"', ['k1']),
  claim('Logs older than 7 days may go', ['k1']),
  claim('The volume should grow to 200 GB', ['k1']),
  claim('db-3.example:9100 is full and the runbook has version 2', ['a1', 'k1']),
];

const FALSE: readonly (readonly [object, RegExp])[] = [
  [claim('The disk is 95.7% full', []), /cites no evidence/],
  [claim('The disk is 95.7% full', ['m9']), /no evidence m9/],
  [claim('The load was 4', ['x1']), /differently the second time/],
  [claim('The load was 9', ['x2']), /could not be looked up again/],
  [claim('The disk was 97.2% full', ['m1']), /97\.2%/],
  [claim('Usage fell to 12 percent', ['m1']), /12 percent/],
  [claim('The disk of `db-7.example:9100` filled up', ['m1']), /db-7/],
  [claim('web-3:8080 is the one that fails', ['m2']), /web-3/],
  [claim('It began after 04:40', ['a1']), /04:40/],
  [claim('The mount point is "/var/log"', ['a1']), /\/var\/log/],
  [claim('It stayed below 90%', ['m1'], check('m1', 'max', '<', 0.9)), /max is 0\.957/],
  [claim('It was flat', ['m1'], check('m1', 'max', '==', 0.61)), /max is/],
  [claim('The alert is only a warning', ['a1'], check('a1', null, '==', 'warning', '/labels/severity')), /critical/],
  [claim('There are ten samples', ['m1'], check('m1', 'count', '==', 10)), /count is 5/],
  [claim('web-2 still serves', ['m2'], check('m2', 'last', '>', 0, '/1/values')), /last is 0/],
  [
    claim('The rule has a label team', ['r1'], check('r1', null, '==', 'core', '/labels/team')),
    /nothing at \/labels\/team/,
  ],
  [claim('The rule waits for 30m', ['r1']), /30m/],
  [claim('The rule is at version 9', ['r1']), /9/],
  [claim('ben made the last change', ['v1'], check('v1', null, '==', 'ben', '/0/author')), /olga/],
  [claim('A release "v3.2.1" went out before', ['v1']), /v3\.2\.1/],
  [claim('The same happened in inc-0099', ['s1']), /inc-0099/],
  [claim('Last time it took 3 minutes', ['s1']), /3 minutes/],
  [claim('The runbook says "drop the table"', ['k1']), /drop the table/],
  [claim('The database is on fire', ['m1']), /nothing in it can be checked/],
  [claim('The disk is 95.7% full', ['m1'], { evidence: 'a1', op: '==', value: 1 }), /does not cite, or is no check/],
];

const checked = (claims: readonly object[]) => checkClaims(claimsFrom(claims) as Claim[], ITEMS, AGAIN);

describe('receipts of claims', () => {
  it('keeps each of 25 true claims', () => {
    expect(
      checked(TRUE.slice(0, 20))
        .concat(checked(TRUE.slice(20)))
        .filter(({ isKept }) => !isKept),
    ).toEqual([]);
  });

  it.each(FALSE.map(([one, reason]) => [(one as Claim).text, one, reason] as const))(
    'strikes out the planted claim "%s"',
    (_text, one, reason) => {
      const [verdict] = checked([one]);
      expect(verdict).toMatchObject({ isKept: false, reason: expect.stringMatching(reason) as unknown });
    },
  );

  it('takes no check for one that cannot fail, or that is none', () => {
    for (const value of ['', ' ', null, [], {}])
      expect(checked([claim('The database is on fire', ['m1'], check('m1', null, 'contains', value))])[0]!.isKept).toBe(
        false,
      );
    expect(
      checked([claim('The runbook is about disks', ['k1'], check('k1', null, 'contains', 'disk full'))])[0]!.isKept,
    ).toBe(true);
    // What lies between two values is no value.
    expect(checked([claim('It has marks', ['k1'], check('k1', null, 'contains', '","'))])[0]!.isKept).toBe(false);
  });

  it('reads checks from forms in which every field is a text', () => {
    const measured = (value: string) =>
      checked([claim('It filled up', ['m1'], check('m1', 'max', '>', value))])[0]!.isKept;
    expect([measured('0.9'), measured('0.99')]).toEqual([true, false]);
    const named = check('r1', 'none', '==', '10m', '/for');
    expect(checked([claim('It waits', ['r1'], named)])[0]!.isKept).toBe(true);
  });

  it('has 50 claims in its fixture, half of them planted', () => {
    expect([TRUE.length, FALSE.length]).toEqual([25, 25]);
  });

  it('reads claims from whatever a model wrote, and lets nonsense check nothing', () => {
    expect(claimsFrom('no list')).toEqual([]);
    expect(claimsFrom([null, 5, {}, { text: ' ' }, { text: 7 }])).toEqual([]);
    const [one] = claimsFrom([{ text: 'x'.repeat(5_000), evidence: ['m1', 7], checks: [{ op: 'eval', value: NaN }] }]);
    expect(one).toMatchObject({ evidence: ['m1'], checks: [{ evidence: '' }] });
    expect(one!.text).toHaveLength(1_000);
    expect(checkClaims([one!], ITEMS, AGAIN)[0]!.isKept).toBe(false);
    expect(claimsFrom(Array.from({ length: 500 }, () => ({ text: 'a' })))).toHaveLength(20);
  });

  it('gives the same hash to the same value, however its keys are ordered, and another to any other', () => {
    expect(evidenceHash({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(evidenceHash({ b: [{ d: 3, c: 2 }], a: 1 }));
    expect(evidenceHash([1, 2])).not.toBe(evidenceHash([2, 1]));
  });
});
