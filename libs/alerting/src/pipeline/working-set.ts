import type { CompiledPolicy } from '../policy/compile-policy';
import { applyVerdict } from './apply-verdict';
import { groupingOf, type Grouping } from './convergence-rules';
import { decideEvent } from './decide-event';
import { decideEpisode } from './episode';
import {
  ruleOf,
  type EpisodeFacts,
  type IncidentFacts,
  type PipelineEvent,
  type RuleEdit,
  type Situation,
} from './facts';
import { similarity } from './similarity';
import type { Verdict } from './verdict';
import type { Marker, WorkingEpisode, WorkingIncident } from './working-state';

/** Labels that rules give to their alerts: an edit may change them while the cause stays. */
const SET_BY_RULES: ReadonlySet<string> = new Set(['alertname', 'severity']);
/** Open incidents of one scope that text similarity looks at. */
export const MOST_COMPARED = 20;

/**
 * Everything that is known while events are decided on: filled from the database for a batch, or kept in memory by simulations and
 * what-if runs. The decisions are pure; this is what they are taken from and applied to.
 */
export class WorkingSet<Event extends PipelineEvent = PipelineEvent> {
  readonly episodes = new Map<string, WorkingEpisode<Event>>();
  /** The newest episode of each label set. */
  readonly newest = new Map<string, WorkingEpisode<Event>>();
  readonly incidents = new Map<string, WorkingIncident<Event>>();
  /** The incident that takes a group's alerts now, by its key. */
  readonly openByKey = new Map<string, WorkingIncident<Event>>();
  /** Open incidents by scope of text similarity. */
  readonly openByScope = new Map<string, WorkingIncident<Event>[]>();
  /** Open incidents by the rule behind them. */
  readonly openByRule = new Map<string, WorkingIncident<Event>[]>();
  /** Markers of firing alerts, by key. */
  readonly markers = new Map<string, Marker[]>();
  readonly addedMarkers: Marker[] = [];
  /** Alerts that fire no more, or never again under this id: their markers go. */
  readonly unmarked = new Set<string>();
  private readonly markerKeys = new Map<string, string[]>();
  /** Alerts let through by rate caps: by cap key, and what this run added. */
  readonly caps = new Map<string, number>();
  readonly addedCaps = new Map<string, { cap_key: string; bucket: number; alerts: number }>();
  /** Incidents of the last 30 days by group key. */
  readonly pastIncidents = new Map<string, number>();
  /** The last edits of rules, by id. */
  readonly ruleEdits = new Map<string, RuleEdit>();
  private readonly groupings = new WeakMap<Event, Grouping>();

  constructor(
    readonly policy: CompiledPolicy,
    /** Makes ids of new episodes and incidents. */
    readonly newId: () => string,
  ) {}

  /** Decides on one event and takes the decision over. */
  process(event: Event): { situation: Situation; verdict: Verdict } {
    const situation = this.situate(event);
    const verdict = decideEvent(this.policy, event, situation);
    applyVerdict(this, event, verdict);
    return { situation, verdict };
  }

  /** Makes an episode known to the events that follow. */
  learnEpisode(episode: WorkingEpisode<Event>): void {
    this.episodes.set(episode.episode_key, episode);
    const newest = this.newest.get(episode.label_hash);
    if (!newest || episode.starts_at_ms >= newest.starts_at_ms) this.newest.set(episode.label_hash, episode);
  }

  /** Makes an incident known to the events that follow. */
  learnIncident(incident: WorkingIncident<Event>): void {
    if (this.incidents.has(incident.id)) return;
    this.incidents.set(incident.id, incident);
    if (incident.open_key !== null) {
      this.openByKey.set(incident.open_key, incident);
      if (incident.scope_key !== null) push(this.openByScope, incident.scope_key, incident);
    }
    if (incident.rule_id !== null && incident.status === 'open') push(this.openByRule, incident.rule_id, incident);
  }

  /** Makes a firing alert findable by those it hides. */
  learnMarker(marker: Marker): void {
    push(this.markers, marker.marker_key, marker);
    push(this.markerKeys, marker.alert_id, marker.marker_key);
  }

  /** An alert that has ended hides nothing any more. */
  removeMarkers(alertId: string): void {
    this.unmarked.add(alertId);
    for (const key of this.markerKeys.get(alertId) ?? []) {
      const left = (this.markers.get(key) ?? []).filter(({ alert_id }) => alert_id !== alertId);
      this.markers.set(key, left);
    }
    this.markerKeys.delete(alertId);
  }

  /** The grouping of an event; computed once. */
  groupingOf(event: Event): Grouping {
    let grouping = this.groupings.get(event);
    if (!grouping) {
      grouping = groupingOf(this.policy.convergence, event.alert);
      this.groupings.set(event, grouping);
    }
    return grouping;
  }

  /** Whether more than the event's own episodes has to be known to decide on it. */
  needsMore(event: Event): 'nothing' | 'own incident' | 'everything' {
    const { known, newest } = this.episodesOf(event);
    const outcome = decideEpisode(known, newest, event);
    if (outcome.kind === 'opened') return 'everything';
    // An event before it in the same batch may end what it is a second replica's word of.
    if (outcome.kind === 'duplicate' && known === null && event.alert.status === 'firing') return 'everything';
    if (outcome.kind === 'resolved') return 'own incident';
    return outcome.kind === 'duplicate' && outcome.of.suppressed_by !== null ? 'everything' : 'nothing';
  }

  private episodesOf({ alert }: Event): { known: WorkingEpisode<Event> | null; newest: WorkingEpisode<Event> | null } {
    const known = this.episodes.get(alert.episode_key) ?? null;
    const newest = this.newest.get(alert.label_hash) ?? null;
    return { known, newest: newest === known ? null : newest };
  }

  private situate(event: Event): Situation {
    const { known, newest } = this.episodesOf(event);
    const needs = this.needsMore(event);
    const situation: Situation = {
      known: known && episodeFacts(known),
      newest: newest && episodeFacts(newest),
      markers: [],
      caps: {},
      candidates: [],
      own: null,
      predecessor: null,
      past_incidents: 0,
      rule_changed_at: null,
      rule_for_ms: 0,
    };
    if (needs === 'nothing') return situation;
    const rule = ruleOf(event.alert);
    const edit = rule ? this.ruleEdits.get(rule.id) : undefined;
    situation.rule_changed_at = edit?.changed_at ?? null;
    situation.rule_for_ms = edit?.for_ms ?? 0;
    const ownId = (known ?? newest)?.incident_id ?? null;
    const own = ownId === null ? undefined : this.incidents.get(ownId);
    situation.own = own ? incidentFacts(own) : null;
    if (needs === 'own incident') return situation;

    const { suppressions } = this.policy;
    for (const key of suppressions.markerKeysFor(event.alert)) {
      for (const { suppression_id, alert_id } of this.markers.get(key) ?? []) {
        if (alert_id !== known?.id) situation.markers.push({ suppression_id, alert_id });
      }
    }
    for (const { cap_key } of suppressions.capKeysOf(event.alert, event.at)) {
      situation.caps[cap_key] = this.caps.get(cap_key) ?? 0;
    }
    const grouping = this.groupingOf(event);
    situation.candidates = this.candidatesFor(grouping).map(incidentFacts);
    if (rule) situation.predecessor = this.predecessorOf(event, rule.id);
    situation.past_incidents = this.pastIncidents.get(grouping.group_key) ?? 0;
    return situation;
  }

  private candidatesFor({ keys, scope_key, text, rule }: Grouping): WorkingIncident<Event>[] {
    const candidates = keys.flatMap((key) => this.holdersOf(key));
    if (scope_key === null || text === null || rule.strategy.by !== 'text') return candidates;
    const { similarity: least } = rule.strategy;
    const scored = this.openOfScope(scope_key)
      .filter((incident) => !candidates.includes(incident))
      .slice(0, MOST_COMPARED)
      .map((incident) => ({ incident, score: similarity(incident.text ?? '', text) }))
      .filter(({ score }) => score >= least)
      .sort((a, b) => b.score - a.score);
    return [...candidates, ...scored.map(({ incident }) => incident)];
  }

  /** The incident that takes the alerts of a key; with the one that it took over from by hand, which holds the place. */
  private holdersOf(key: string): WorkingIncident<Event>[] {
    const holder = this.openByKey.get(key);
    if (!holder) return [];
    const target = holder.merged_into === null ? undefined : this.incidents.get(holder.merged_into);
    return target ? [target, holder] : [holder];
  }

  /** Those that take alerts, the last active ones first. In a long run the rest is forgotten: it would not be looked at anyway. */
  private openOfScope(scope_key: string): WorkingIncident<Event>[] {
    const all = this.openByScope.get(scope_key) ?? [];
    const open = all.filter(({ open_key }) => open_key !== null).sort((a, b) => b.last_alert_at - a.last_alert_at);
    if (all.length > 4 * MOST_COMPARED) this.openByScope.set(scope_key, open.slice(0, 2 * MOST_COMPARED));
    return open;
  }

  /** The open incident from before the rule was edited that agrees best with the alert's labels. */
  private predecessorOf({ alert }: Event, ruleId: string): IncidentFacts | null {
    const editedAt = this.ruleEdits.get(ruleId)?.changed_at;
    if (editedAt === undefined) return null;
    let best: { incident: WorkingIncident<Event>; agreeing: number } | null = null;
    for (const incident of this.openByRule.get(ruleId) ?? []) {
      if (incident.status !== 'open' || incident.opened_at >= editedAt) continue;
      if (!Object.hasOwn(incident.breakdown, alert.cluster_id)) continue;
      const names = Object.keys(incident.group_labels).filter(
        (name) => !SET_BY_RULES.has(name) && Object.hasOwn(alert.labels, name),
      );
      if (names.some((name) => alert.labels[name] !== incident.group_labels[name])) continue;
      if (!best || names.length > best.agreeing) best = { incident, agreeing: names.length };
    }
    return best && incidentFacts(best.incident);
  }
}

function push<T>(map: Map<string, T[]>, key: string, item: T): void {
  const list = map.get(key);
  if (list) list.push(item);
  else map.set(key, [item]);
}

/** The part of an episode that decisions may look at, as it is now. */
function episodeFacts(episode: WorkingEpisode): EpisodeFacts {
  const { id, status, starts_at_ms, ends_at_ms, incident_id, suppressed_by, replica, changes, flapping } = episode;
  return { id, status, starts_at_ms, ends_at_ms, incident_id, suppressed_by, replica, changes, flapping };
}

function incidentFacts(incident: WorkingIncident): IncidentFacts {
  return {
    id: incident.id,
    status: incident.status,
    group_key: incident.group_key,
    open_key: incident.open_key,
    severity_rank: incident.severity_rank,
    alert_count: incident.alert_count,
    firing_count: incident.firing_count,
    opened_at: incident.opened_at,
    last_alert_at: incident.last_alert_at,
    clusters: Object.keys(incident.breakdown),
    priority: incident.priority,
    burst_from: incident.burst_from,
    burst_count: incident.burst_count,
    storm_at: incident.storm_at,
    flapping: incident.flapping,
    settle_at: incident.settle_at,
    rule_id: incident.rule_id,
    rule_version: incident.rule_version,
    text: incident.text,
  };
}
