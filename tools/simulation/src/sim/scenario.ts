import fc from 'fast-check';
import type { ConvergenceStrategy, PolicyDocument, SuppressionDefinition } from '@alertagent/alerting';

/** One true alert of the simulated world: it fires once. */
export interface TrueEpisode {
  /** Which label set fires, 0 to 5. */
  series: number;
  /** Seconds after the beginning; the end is null while it goes on. */
  from: number;
  lasts: number | null;
}

/** One message about an episode, as some Alertmanager sends it. */
export interface Message {
  /** Index of the episode. */
  episode: number;
  status: 'firing' | 'resolved';
  /** Seconds of delay after the moment it tells of. */
  delay: number;
  /** Which of the two Prometheus replicas saw it. */
  replica: 0 | 1;
}

/** What goes wrong at one step of the gateway. */
export type Mishap = 'none' | 'crash_before_commit' | 'crash_after_commit' | 'relay_crashes_after_publish';

/** A world to simulate; everything in it follows from a seed. */
export interface Scenario {
  episodes: TrueEpisode[];
  messages: Message[];
  /** What happens at each batch, in turn. */
  mishaps: Mishap[];
  batchSize: number;
  convergence: Pick<PolicyDocument['convergence'][number], 'strategy' | 'max_alerts' | 'window_kind' | 'grace'>;
  flapping: boolean;
  stormAlerts: number;
  suppressions: SuppressionDefinition[];
}

const series = fc.integer({ min: 0, max: 5 });

const strategy = fc.constantFrom<ConvergenceStrategy>(
  { by: 'labels', labels: ['alertname'] },
  { by: 'labels', labels: ['alertname'], across_clusters: true },
  { by: 'topology', levels: ['namespace', 'service', 'instance'] },
  { by: 'text', labels: [], similarity: 0.6 },
  { by: 'alert' },
);

const suppression: fc.Arbitrary<SuppressionDefinition> = fc
  .record({
    number: fc.integer({ min: 0, max: 3 }),
    kind: fc.constantFrom('maintenance' as const, 'condition' as const, 'inhibition' as const, 'rate_cap' as const),
    from: fc.integer({ min: 0, max: 600 }),
    lasts: fc.integer({ min: 60, max: 1800 }),
    of: series,
  })
  .map(({ number, kind, from, lasts, of }) => ({
    id: `s${number}-${kind}`,
    name: `${kind} ${number}`,
    kind,
    owner: 'simulation',
    reason: 'simulated',
    starts_at_ms: kind === 'maintenance' ? START + from * 1000 : 0,
    ends_at_ms: kind === 'maintenance' ? START + (from + lasts) * 1000 : null,
    match: kind === 'inhibition' ? ['severity="warning"'] : [`alertname="Alert${of % 3}"`],
    condition: kind === 'condition' ? `labels.instance == 'i${of}'` : null,
    source: kind === 'inhibition' ? ['severity="critical"'] : [],
    equal: kind === 'inhibition' ? ['namespace'] : [],
    cap: kind === 'rate_cap' ? { alerts: 2, window: '5m', per: ['alertname'] } : null,
  }));

/** The simulated clock starts here, epoch milliseconds. */
export const START = Date.UTC(2026, 0, 5, 9, 0, 0);

/** All worlds, small ones first when a failure is shrunk. */
export const scenario: fc.Arbitrary<Scenario> = fc
  .array(
    fc.record({
      series,
      from: fc.integer({ min: 0, max: 3600 }),
      lasts: fc.option(fc.integer({ min: 1, max: 1200 }), { freq: 5 }),
    }),
    { minLength: 1, maxLength: 14, size: 'max' },
  )
  .chain((drafts) => {
    const episodes = oneAtATime(drafts);
    const message = fc.record({
      episode: fc.integer({ min: 0, max: episodes.length - 1 }),
      status: fc.constantFrom('firing' as const, 'resolved' as const),
      delay: fc.oneof({ weight: 4, arbitrary: fc.integer({ min: 0, max: 5 }) }, fc.integer({ min: 0, max: 2000 })),
      replica: fc.constantFrom(0 as const, 1 as const),
    });
    return fc.record({
      episodes: fc.constant(episodes),
      messages: fc.array(message, { minLength: 1, maxLength: 60, size: 'max' }).map((list) => possible(list, episodes)),
      mishaps: fc.array(
        fc.constantFrom<Mishap>(
          'none',
          'none',
          'crash_before_commit',
          'crash_after_commit',
          'relay_crashes_after_publish',
        ),
        { minLength: 1, maxLength: 12 },
      ),
      batchSize: fc.integer({ min: 1, max: 8 }),
      convergence: fc.record({
        strategy,
        max_alerts: fc.constantFrom(1, 2, 5, 10),
        window_kind: fc.constantFrom('sliding' as const, 'fixed' as const),
        grace: fc.constantFrom('0s', '0s', '2m'),
      }),
      flapping: fc.boolean(),
      stormAlerts: fc.constantFrom(3, 50),
      suppressions: fc.uniqueArray(suppression, { maxLength: 3, selector: ({ id }) => id }),
    });
  });

/** A label set cannot fire twice at once: later episodes begin after the earlier ones end. */
function oneAtATime(drafts: readonly TrueEpisode[]): TrueEpisode[] {
  const free = new Map<number, number>();
  const episodes: TrueEpisode[] = [];
  for (const draft of [...drafts].sort((a, b) => a.from - b.from)) {
    const earliest = free.get(draft.series) ?? 0;
    if (earliest === Infinity) continue;
    const from = Math.max(draft.from, earliest);
    episodes.push({ ...draft, from });
    free.set(draft.series, draft.lasts === null ? Infinity : from + draft.lasts + 1);
  }
  return episodes;
}

/** Nobody sends the end of what goes on. */
function possible(messages: readonly Message[], episodes: readonly TrueEpisode[]): Message[] {
  return messages.filter(({ episode, status }) => status === 'firing' || episodes[episode]!.lasts !== null);
}
