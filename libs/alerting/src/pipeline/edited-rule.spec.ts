import { inconsistencies, PipelineRun, T0, type Told } from '../../test/pipeline-run';

const version = (number: number) => ({ alertagent_rule_id: 'rule-1', alertagent_rule_version: String(number) });

const HOUR_MS = 3_600_000;

/** An alert of version 1 fires for a day; at 80,000 s the rule is edited. */
function edited(max_lifetime = '12h', for_ms: number | null = null): PipelineRun {
  const run = new PipelineRun((policy) => (policy.convergence[0]!.max_lifetime = max_lifetime));
  run.fire({ labels: { pod: '1' }, annotations: version(1) });
  run.fire({ labels: { pod: '2' }, annotations: version(1) });
  run.set.ruleEdits.set('rule-1', { changed_at: T0 + 80_000_000, for_ms });
  return run;
}

const EDITED = 80_000;

it('an edited threshold goes unnoticed: the alert goes on under its identity', () => {
  const run = edited();
  expect(run.fire({ labels: { pod: '1' }, annotations: version(2), at: EDITED + 60 }).disposition).toBe('duplicate');
  expect(run.incidents()).toHaveLength(1);
});

it.each<[string, Told]>([
  ['a label is added', { labels: { team: 'web' } }],
  ['the alert is renamed', { labels: { alertname: 'ShopDown' } }],
  ['its severity is changed', { labels: { severity: 'critical' } }],
])(
  'when %s, all alerts of the new version go on with the same incident, and nothing is resolved in between',
  (_, { labels }) => {
    const run = edited();
    const at = EDITED + 60;
    const first = run.fire({ labels: { pod: '1', ...labels }, annotations: version(2), from: at });
    expect(first).toMatchObject({ disposition: 'merged', incident: { rule_changed: { from: 1, to: 2 } } });
    run.fire({ labels: { pod: '2', ...labels }, annotations: version(2), from: at + 60 });
    for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: at + 300 });
    expect(run.incidents()).toMatchObject([{ status: 'open', alert_count: 4, firing_count: 2, rule_version: 2 }]);
    expect(run.moments().filter((kind) => kind === 'rule_changed')).toHaveLength(1);
    expect(run.moments()).not.toContain('settling');
    expect(inconsistencies(run)).toEqual([]);
  },
);

it('when the old alerts end before the new version fires, the incident waits for it', () => {
  const run = edited();
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  expect(run.moments()).toEqual(['opened', 'settling']);
  run.fire({ labels: { pod: '1', team: 'web' }, annotations: version(2), from: EDITED + 500 });
  expect(run.incidents()).toMatchObject([{ status: 'open', firing_count: 1, settle_at: null }]);
  expect(run.moments()).toEqual(['opened', 'settling', 'rejoined', 'rule_changed']);
});

it('when the edited rule does not fire again, the incident is resolved after the wait', () => {
  const run = edited();
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  run.sweep(EDITED + 599);
  expect(run.incidents()[0]!.status).toBe('open');
  run.sweep(EDITED + 600);
  expect(run.incidents()[0]!.status).toBe('resolved');
});

it('the wait is as long as the new version must hold before it fires, and a margin', () => {
  const run = edited('52w', 2 * HOUR_MS);
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  run.sweep(EDITED + 7799);
  expect(run.incidents()[0]!.status).toBe('open');
  // Later than an edit matters to a rule that fires at once.
  run.fire({ labels: { pod: '1', team: 'web' }, annotations: version(2), from: EDITED + 7500 });
  expect(run.incidents()).toMatchObject([{ status: 'open', firing_count: 1, rule_version: 2 }]);
  expect(run.moments()).toEqual(['opened', 'settling', 'rejoined', 'rule_changed']);
});

it('when a rule that must hold for long does not fire again, the incident is resolved after that wait', () => {
  const run = edited('52w', 2 * HOUR_MS);
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  run.sweep(EDITED + 7800);
  expect(run.incidents()[0]!.status).toBe('resolved');
});

it('an incident does not wait for days, whatever its rule says', () => {
  const run = edited('52w', 30 * 24 * HOUR_MS);
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  run.sweep(EDITED + 24 * 3600 + 599);
  expect(run.incidents()[0]!.status).toBe('open');
  run.sweep(EDITED + 24 * 3600 + 600);
  expect(run.incidents()[0]!.status).toBe('resolved');
});

it('an alert of the old version that comes late joins as well, and does not turn the version back', () => {
  const run = edited();
  run.fire({ labels: { pod: '1', alertname: 'ShopDown' }, annotations: version(2), from: EDITED + 60 });
  run.fire({ labels: { pod: '3' }, annotations: version(1), from: EDITED + 70 });
  expect(run.incidents()).toMatchObject([{ alert_count: 4, rule_version: 2 }]);
  expect(run.moments().filter((kind) => kind === 'rule_changed')).toHaveLength(1);
});

it.each<[string, Told]>([
  ['of another service', { labels: { service: 'billing' } }],
  ['of another cluster', { cluster: 'c2' }],
  ['long after the edit', { from: EDITED + 3700 }],
])('an alert %s is a matter of its own', (_, told) => {
  const run = edited();
  const verdict = run.fire({ annotations: version(2), from: EDITED + 60, ...told });
  expect(verdict.disposition).toBe('opened');
});

it('the incident is found under its new group afterwards', () => {
  const run = edited('52w');
  const renamed = { alertname: 'ShopDown' };
  run.fire({ labels: { pod: '1', ...renamed }, annotations: version(2), from: EDITED + 3500 });
  run.fire({ labels: { pod: '2', ...renamed }, annotations: version(2), from: EDITED + 3700 });
  expect(run.incidents()).toMatchObject([{ alert_count: 4 }]);
});

it('a wait that is over is not taken up again', () => {
  const run = edited();
  for (const pod of ['1', '2']) run.end({ labels: { pod }, annotations: version(1), until: EDITED + 240 });
  expect(run.fire({ labels: { team: 'web' }, annotations: version(2), from: EDITED + 700 }).disposition).toBe('opened');
});
