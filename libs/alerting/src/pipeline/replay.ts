import type { CompiledPolicy } from '../policy/compile-policy';
import { resolveIncident } from './apply-incident';
import type { PipelineEvent, RuleEdit } from './facts';
import { PastIncidents } from './past-incidents';
import { pagesOf, teamsOf, type Page } from './pages';
import { forgetIncident, Sweeper } from './replay-memory';
import type { PipelineDisposition, RouteTaken, Verdict } from './verdict';
import { WorkingSet } from './working-set';
import type { WorkingIncident } from './working-state';

/** An incident as a replay saw it. */
export interface ReplayedIncident {
  id: string;
  cluster_id: string;
  title: string;
  group_labels: Record<string, string>;
  /** The convergence rule that made it. */
  convergence: string;
  severity: string | null;
  /** The highest it came to: 1 to 5. */
  priority: number;
  teams: string[];
  /** Epoch milliseconds. */
  opened_at: number;
  /** Null while it is open at the end of the events. */
  resolved_at: number | null;
  alert_count: number;
}

/** What became of one event of a replay. */
export interface ReplayStep {
  verdict: Verdict;
  /** The incident that it opened, joined, or whose member it ended. */
  incident_id: string | null;
  pages: Page[];
}

/** How to replay. */
export interface ReplayOptions {
  /** Makes ids of episodes and incidents; the same sequence gives the same replay. */
  newId: () => string;
  /** Whether incidents that wait for their end are resolved as the time of the events goes on; true unless told. */
  settle?: boolean;
  /** When rules were edited or withdrawn, oldest first. */
  ruleEdits?: readonly (RuleEdit & { rule_id: string })[];
  /** Hears of each incident once it is opened, and once more when it is resolved. */
  onIncident?: (incident: ReplayedIncident) => void;
}

/**
 * Alert events going through the pipeline in memory, one by one and in the order in which they were accepted. What no later event can ask
 * for is forgotten on the way, so that a month of alerts fits. Events must have been normalised with the policy's own `ignore_labels`.
 */
export class Replay<Event extends PipelineEvent = PipelineEvent> {
  readonly dispositions: Record<PipelineDisposition, number> = {
    opened: 0,
    merged: 0,
    resolved: 0,
    duplicate: 0,
    stale: 0,
    suppressed: 0,
  };
  private readonly set: WorkingSet<Event>;
  private readonly settling = new Set<WorkingIncident<Event>>();
  /** Routes of incidents as they were before the present event. */
  private readonly routes = new WeakMap<WorkingIncident<Event>, RouteTaken[]>();
  private readonly history = new PastIncidents();
  private readonly sweeper = new Sweeper();
  private nextSettling = Infinity;
  private ruleEditsTaken = 0;
  /** The latest time of any event so far: replicas of the gateway may have stamped them a little out of order. */
  private now = -Infinity;

  constructor(
    policy: CompiledPolicy,
    private readonly options: ReplayOptions,
  ) {
    this.set = new WorkingSet<Event>(policy, options.newId);
  }

  /** Incidents that are open after the events so far. */
  stillOpen(): ReplayedIncident[] {
    return [...this.set.incidents.values()].map(replayedIncident);
  }

  /** Episodes and incidents in memory. */
  get remembered(): number {
    return this.set.episodes.size + this.set.incidents.size;
  }

  /** Decides on the next event. */
  step(event: Event): ReplayStep {
    this.now = Math.max(this.now, event.at);
    if (this.options.settle !== false) this.settleUntil(this.now);
    this.takeRuleEdits();
    this.history.bring(this.set, event, this.now);
    const earlier = this.set.newest.get(event.alert.label_hash)?.incident_id ?? null;
    const { verdict } = this.set.process(event);
    this.dispositions[verdict.disposition] += 1;
    const incident = this.incidentOf(event, verdict);
    const pages = incident ? pagesOf(event, verdict, incident, this.routes.get(incident) ?? []) : [];
    if (incident) this.follow(incident, verdict, event.at);
    // A successor that went elsewhere may have ended the incident of the episode it superseded.
    const left = earlier === null ? undefined : this.set.incidents.get(earlier);
    if (left?.status === 'resolved') this.ended(left);
    this.sweeper.sweep(this.set, event, this.now);
    return { verdict, incident_id: incident?.id ?? null, pages };
  }

  private incidentOf({ alert }: Event, { incident: change }: Verdict): WorkingIncident<Event> | null {
    if (change.kind === 'none') return null;
    if (change.kind !== 'open') return this.set.incidents.get(change.id) ?? null;
    const id = (this.set.episodes.get(alert.episode_key) ?? this.set.newest.get(alert.label_hash))?.incident_id;
    return (id && this.set.incidents.get(id)) || null;
  }

  private follow(incident: WorkingIncident<Event>, { incident: change }: Verdict, at: number): void {
    this.routes.set(incident, incident.routes);
    if (change.kind === 'open') {
      this.history.opened(incident.group_key, at);
      this.options.onIncident?.(replayedIncident(incident));
    }
    if (incident.status === 'resolved') {
      this.ended(incident);
    } else if (incident.settle_at !== null) {
      this.settling.add(incident);
      this.nextSettling = Math.min(this.nextSettling, incident.settle_at);
    } else {
      this.settling.delete(incident);
    }
  }

  private settleUntil(now: number): void {
    if (now < this.nextSettling) return;
    const due = [...this.settling].filter(({ settle_at }) => settle_at !== null && settle_at <= now);
    due.sort((a, b) => a.settle_at! - b.settle_at!);
    for (const incident of due) {
      this.settling.delete(incident);
      resolveIncident(this.set, incident, incident.settle_at!, 'no alert came back in time', null);
      this.ended(incident);
    }
    this.nextSettling = Math.min(Infinity, ...[...this.settling].map(({ settle_at }) => settle_at ?? Infinity));
  }

  private ended(incident: WorkingIncident<Event>): void {
    this.settling.delete(incident);
    forgetIncident(this.set, incident);
    this.options.onIncident?.(replayedIncident(incident));
  }

  private takeRuleEdits(): void {
    const { ruleEdits = [] } = this.options;
    for (; this.ruleEditsTaken < ruleEdits.length; this.ruleEditsTaken++) {
      const { rule_id, ...edit } = ruleEdits[this.ruleEditsTaken]!;
      if (edit.changed_at > this.now) return;
      this.set.ruleEdits.set(rule_id, edit);
    }
  }
}

/** What a whole replay came to. */
export interface ReplayResult {
  /** In the order in which they were opened. */
  incidents: ReplayedIncident[];
  pages: Page[];
  dispositions: Record<PipelineDisposition, number>;
}

/** Replays events to their end and collects what came of them. For streams too long to collect, use {@link Replay} step by step. */
export async function replay<Event extends PipelineEvent>(
  policy: CompiledPolicy,
  events: Iterable<Event> | AsyncIterable<Event>,
  options: ReplayOptions & { onStep?: (event: Event, step: ReplayStep) => void },
): Promise<ReplayResult> {
  const incidents = new Map<string, ReplayedIncident>();
  const pages: Page[] = [];
  const run = new Replay<Event>(policy, {
    ...options,
    onIncident: (incident) => {
      incidents.set(incident.id, incident);
      options.onIncident?.(incident);
    },
  });
  for await (const event of events) {
    const step = run.step(event);
    pages.push(...step.pages);
    options.onStep?.(event, step);
  }
  for (const incident of run.stillOpen()) incidents.set(incident.id, incident);
  return { incidents: [...incidents.values()], pages, dispositions: run.dispositions };
}

function replayedIncident(incident: WorkingIncident): ReplayedIncident {
  return {
    id: incident.id,
    cluster_id: incident.cluster_id,
    title: incident.title,
    group_labels: incident.group_labels,
    convergence: incident.convergence,
    severity: incident.severity,
    priority: incident.priority,
    teams: teamsOf(incident.routes),
    opened_at: incident.opened_at,
    resolved_at: incident.resolved_at,
    alert_count: incident.alert_count,
  };
}
