import fc from 'fast-check';
import { countingIds, eventOf, plainPolicy, richSnapshot, sentAlerts, STREAM_START } from '../../test/alert-stream';
import { compilePolicy, type CompiledPolicy } from '../policy/compile-policy';
import type { PolicyDocument } from '../policy/policy-document';
import type { PipelineEvent } from './facts';
import { Replay, replay } from './replay';
import { WhatIf } from './what-if';
import { WorkingSet } from './working-set';

const MINUTE = 60_000;

describe('a replay', () => {
  it('is the same each time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const policy = compiled(richSnapshot().policy);
        const events = [...sentAlerts(300, seed)];
        const one = await replay(policy, eventsOf(events, policy), { newId: countingIds() });
        const two = await replay(policy, eventsOf(events, policy), { newId: countingIds() });
        expect(two).toEqual(one);
      }),
      { numRuns: 20 },
    );
  });

  it('decides as the pipeline does, although it forgets what is over', () => {
    const policy = compiled({ ...richSnapshot().policy, priority: plainPolicy().priority });
    const set = new WorkingSet(policy, countingIds());
    const run = new Replay(policy, { newId: countingIds(), settle: false });
    for (const event of eventsOf([...sentAlerts(3000, 5)], policy)) {
      expect(run.step(event).verdict).toEqual(set.process(event).verdict);
    }
  });

  it('resolves an incident when its grace is over, and not before', async () => {
    const policy = compiled({ ...plainPolicy(), convergence: [{ ...plainPolicy().convergence[0]!, grace: '10m' }] });
    const seen: (number | null)[] = [];
    const run = new Replay(policy, { newId: countingIds(), onIncident: ({ resolved_at }) => seen.push(resolved_at) });
    run.step(alert({ at: 0 }));
    run.step(alert({ at: 1, status: 'resolved' }));
    run.step(alert({ at: 10, labels: { alertname: 'Other' } }));
    expect(seen).toEqual([null, null]);
    run.step(alert({ at: 11, labels: { alertname: 'Other' } }));
    expect(seen).toEqual([null, null, STREAM_START + 11 * MINUTE]);
  });

  it('counts the incidents that a group had in the last 30 days', async () => {
    const policy = compiled({
      ...plainPolicy(),
      priority: { ...plainPolicy().priority, history: [{ incidents: 2, points: 100 }] },
    });
    const days = [0, 1, 2, 40];
    const events = days.flatMap((day) => [
      alert({ at: day * 1440, start: day * 1440 }),
      alert({ at: day * 1440 + 1, start: day * 1440, status: 'resolved' }),
    ]);
    const { pages } = await replay(policy, events, { newId: countingIds() });
    expect(pages.map(({ priority }) => priority)).toEqual([3, 3, 1, 3]);
  });

  it('pages each team of an incident once, and another team when urgency rises to it', async () => {
    const policy = compiled({
      ...plainPolicy(),
      routing: {
        name: 'all',
        workflow: 'w',
        team: 'day',
        routes: [
          { name: 'critical', match: ['severity="critical"'], team: 'duty', continue: true },
          { name: 'all', team: 'day' },
        ],
      },
    });
    const events = [
      alert({ at: 0, labels: { alertname: 'A', severity: 'warning', instance: '1' } }),
      alert({ at: 1, labels: { alertname: 'A', severity: 'critical', instance: '2' } }),
      alert({ at: 2, labels: { alertname: 'A', severity: 'critical', instance: '3' } }),
    ];
    const { pages, incidents } = await replay(policy, events, { newId: countingIds() });
    expect(pages.map(({ kind, team }) => `${kind} ${team}`)).toEqual(['opened day', 'raised duty']);
    expect(incidents).toEqual([expect.objectContaining({ alert_count: 3, teams: ['duty', 'day'] })]);
  });

  it('remembers no more than what is going on, however long it runs', () => {
    const policy = compiled(plainPolicy());
    const run = new Replay(policy, { newId: countingIds() });
    for (let day = 0; day < 400; day++) {
      const labels = { alertname: `Alert${day}` };
      run.step(alert({ at: day * 1440, start: day * 1440, labels }));
      run.step(alert({ at: day * 1440 + 1, start: day * 1440, labels, status: 'resolved' }));
    }
    expect(run.remembered).toBeLessThan(10);
  });
});

describe('what if the policy were another one', () => {
  it('differs in nothing when the policy is the same', () => {
    const { policy } = richSnapshot();
    const comparison = compare(policy, structuredClone(policy), 5000, 3);
    expect(comparison).toMatchObject({ events: 5000, difference_count: 0, differences: [] });
    expect(comparison.after).toEqual(comparison.before);
    expect(comparison.before.pages).toBeGreaterThan(500);
  });

  it('lists exactly the differences that one changed route makes', () => {
    const before = plainPolicy();
    const after: PolicyDocument = {
      ...before,
      routing: { ...before.routing, routes: [{ name: 'db', match: ['service="db"'], team: 'dba' }] },
    };
    const planted = [...sentAlerts(4000, 11)];
    const { differences, teams, ...rest } = compare(before, after, planted.length, 11);
    const opened = openings(before, planted).filter(({ alert: { labels } }) => labels['service'] === 'db');
    expect(opened.length).toBeGreaterThan(50);
    expect(differences.map(({ kind, at, after: page }) => [kind, at, page?.team, page?.episode_key])).toEqual(
      opened.map((event) => ['changed', event.at, 'dba', event.alert.episode_key]),
    );
    expect(rest.difference_count).toBe(opened.length);
    expect(teams.find(({ team }) => team === 'dba')).toMatchObject({ before: 0, after: opened.length });
  });

  it('counts pages at night by team, and none for alerts that were on before', () => {
    const policy = compiled(plainPolicy());
    const sides = () => new Replay(policy, { newId: countingIds() });
    const whatIf = new WhatIf(sides(), sides(), {
      isNight: (at) => at === STREAM_START + MINUTE,
      from: STREAM_START,
      mostDifferences: 10,
    });
    whatIf.step(alert({ at: 0, start: -5, labels: { alertname: 'Old' } }));
    whatIf.step(alert({ at: 1, start: 1, labels: { alertname: 'Night' } }));
    whatIf.step(alert({ at: 2, start: 2, labels: { alertname: 'Day' } }));
    const { before, teams } = whatIf.result();
    expect(before).toEqual({ incidents: 2, pages: 2, night_pages: 1, suppressed: 0 });
    expect(teams).toEqual([{ team: null, before: 2, after: 2, night_before: 1, night_after: 1 }]);
  });
});

function compiled(policy: PolicyDocument): CompiledPolicy {
  const result = compilePolicy({ policy, suppressions: [] }, 1);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

function* eventsOf(sent: Iterable<Parameters<typeof eventOf>[0]>, { ignore_labels }: CompiledPolicy) {
  for (const alert of sent) yield eventOf(alert, ignore_labels);
}

/** The events that open incidents, told by the pipeline itself. */
function openings(policy: PolicyDocument, sent: Iterable<Parameters<typeof eventOf>[0]>): PipelineEvent[] {
  const set = new WorkingSet(compiled(policy), countingIds());
  return [...eventsOf(sent, set.policy)].filter((event) => set.process(event).verdict.disposition === 'opened');
}

function compare(before: PolicyDocument, after: PolicyDocument, count: number, seed: number) {
  const [one, two] = [compiled(before), compiled(after)];
  const whatIf = new WhatIf(new Replay(one, { newId: countingIds() }), new Replay(two, { newId: countingIds() }), {
    isNight: () => false,
    mostDifferences: 100_000,
  });
  for (const sent of sentAlerts(count, seed)) {
    whatIf.step(eventOf(sent, one.ignore_labels), eventOf(sent, two.ignore_labels));
  }
  return whatIf.result();
}

/** Times in minutes. */
function alert({
  at,
  start = 0,
  status = 'firing',
  labels = { alertname: 'HighLatency', service: 'web' },
}: {
  at: number;
  start?: number;
  status?: 'firing' | 'resolved';
  labels?: Record<string, string>;
}): PipelineEvent {
  const wire = {
    status,
    labels: { severity: 'warning', ...labels },
    annotations: {},
    startsAt: new Date(STREAM_START + start * MINUTE).toISOString(),
    endsAt: status === 'resolved' ? new Date(STREAM_START + at * MINUTE).toISOString() : '0001-01-01T00:00:00Z',
  };
  const sent = { text: JSON.stringify(wire), cluster_id: 'cluster-1', at: STREAM_START + at * MINUTE };
  return eventOf(sent, new Set(['replica']));
}
