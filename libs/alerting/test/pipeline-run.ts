import {
  compilePolicy,
  defaultPolicy,
  normaliseAlert,
  resolveIncident,
  WorkingSet,
  type PipelineEvent,
  type PolicyDocument,
  type SuppressionDefinition,
  type Verdict,
  type WorkingEpisode,
  type WorkingIncident,
} from '../src';

/** One alert event as a test writes it; times are seconds. */
export interface Told {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  cluster?: string;
  /** When it began to fire; 0 unless told. */
  from?: number;
  /** When it ended, for the end of an alert. */
  until?: number;
  /** When it was received; when it began or ended unless told. */
  at?: number;
}

/** Time zero of every run. */
export const T0 = Date.UTC(2030, 0, 1);

/** The pipeline in memory, under a policy that a test may change before it starts. */
export class PipelineRun {
  readonly set: WorkingSet;
  readonly policy: PolicyDocument;
  private ids = 0;

  constructor(change: (policy: PolicyDocument) => void = () => undefined, suppressions: SuppressionDefinition[] = []) {
    this.policy = defaultPolicy({
      convergence: { enabled: true, group_by: ['alertname', 'service'], window: '5m', max_alerts: 10 },
      routing: { default_workflow: 'default', rules: [] },
    });
    change(this.policy);
    const compiled = compilePolicy({ policy: this.policy, suppressions }, 1);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    this.set = new WorkingSet(compiled.policy, () => `id-${++this.ids}`);
  }

  /** An alert fires. */
  fire(told: Told = {}): Verdict {
    return this.process('firing', told, told.at ?? told.from ?? 0);
  }

  /** An alert has ended. */
  end(told: Told & { until: number }): Verdict {
    return this.process('resolved', told, told.at ?? told.until);
  }

  /** What the sweeper does: resolves what waited for a come-back in vain. */
  sweep(second: number): void {
    const now = T0 + second * 1000;
    for (const incident of this.incidents()) {
      if (incident.status === 'open' && incident.settle_at !== null && incident.settle_at <= now)
        resolveIncident(this.set, incident, incident.settle_at, 'no alert came back in time', null);
    }
  }

  /** In the order in which they were opened. */
  incidents(): WorkingIncident[] {
    return [...this.set.incidents.values()];
  }

  /** In the order in which they became known. */
  episodes(): WorkingEpisode[] {
    return [...this.set.episodes.values()];
  }

  /** What happened to an incident, in order. */
  moments(index = 0): string[] {
    return this.incidents()[index]!.moments.map(({ kind }) => kind);
  }

  private process(status: 'firing' | 'resolved', told: Told, second: number): Verdict {
    const alert = normaliseAlert(
      {
        status,
        labels: { alertname: 'Down', service: 'shop', ...told.labels },
        annotations: told.annotations ?? {},
        startsAt: time(told.from ?? 0),
        endsAt: told.until === undefined ? undefined : time(told.until),
      },
      told.cluster ?? 'c1',
      this.set.policy.ignore_labels,
    );
    const event: PipelineEvent = { alert, at: T0 + second * 1000 };
    return this.set.process(event).verdict;
  }
}

const time = (second: number): string => new Date(T0 + second * 1000).toISOString();

/** What must hold whatever has happened: counts are those of the members, and an incident is resolved iff all its members are. */
export function inconsistencies(run: PipelineRun): string[] {
  const found: string[] = [];
  for (const incident of run.incidents()) {
    const members = run.episodes().filter(({ incident_id }) => incident_id === incident.id);
    const firing = members.filter(({ status }) => status === 'firing').length;
    const say = (what: string): number => found.push(`${incident.id}: ${what}`);
    if (incident.alert_count !== members.length) say(`${incident.alert_count} alerts, but ${members.length} members`);
    if (incident.firing_count !== firing) say(`${incident.firing_count} firing, but ${firing} members fire`);
    const shares = Object.values(incident.breakdown);
    if (sum(shares.map(({ alerts }) => alerts)) !== members.length) say('the breakdown does not add up');
    if (sum(shares.map((share) => share.firing)) !== firing) say('the firing breakdown does not add up');
    if (incident.status === 'resolved' && firing > 0) say('resolved while a member fires');
    if (incident.status === 'open' && firing === 0 && incident.settle_at === null) say('open, but nothing fires');
    if (incident.status === 'resolved' && incident.open_key !== null && incident.merged_into === null)
      say('resolved, but takes alerts');
  }
  const keys = run.incidents().flatMap(({ open_key }) => open_key ?? []);
  if (new Set(keys).size !== keys.length) found.push('two incidents take the alerts of one group');
  return found;
}

const sum = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);
