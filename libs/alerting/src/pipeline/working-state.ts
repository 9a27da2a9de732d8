import type { EpisodeFacts, IncidentFacts, PipelineEvent } from './facts';
import type { PriorityFactor, RouteTaken } from './verdict';

/** An episode as the pipeline changes it. */
export interface WorkingEpisode<Event extends PipelineEvent = PipelineEvent> extends EpisodeFacts {
  episode_key: string;
  label_hash: string;
  cluster_id: string;
  /** Why it ended, once it has. */
  ended_by: 'resolved' | 'superseded' | 'orphaned' | null;
  /** The event it was made from; null for an episode that was loaded. */
  source: Event | null;
  isChanged: boolean;
  /** When it was last reported before this run, as far as that was recorded; epoch milliseconds. */
  last_seen_at: number | null;
  /** When it was last reported, if it was in this run; epoch milliseconds. */
  seen_at: number | null;
}

/** What can happen to an incident in the pipeline. */
export type PipelineMoment =
  | 'opened'
  | 'severity_raised'
  | 'priority_raised'
  | 'storm_began'
  | 'storm_ended'
  | 'rejoined'
  | 'rule_changed'
  | 'closed_to_new_alerts'
  | 'settling'
  | 'resolved';

/** One moment in the life of an incident. */
export interface IncidentMomentDraft {
  kind: PipelineMoment;
  /** Epoch milliseconds. */
  at: number;
  why: string;
  alert_id: string | null;
}

/** An incident as the pipeline changes it. */
export interface WorkingIncident<Event extends PipelineEvent = PipelineEvent> extends IncidentFacts {
  /** The cluster of its first alert. */
  cluster_id: string;
  title: string;
  /** The highest severity seen, as its label says it. */
  severity: string | null;
  group_labels: Record<string, string>;
  /** Alerts by cluster. */
  breakdown: Record<string, { alerts: number; firing: number }>;
  convergence: string;
  scope_key: string | null;
  priority_factors: PriorityFactor[];
  routes: RouteTaken[];
  policy_version: number;
  resolved_at: number | null;
  /** The incident that people merged it into: alerts of its group go there while it holds the group's place. */
  merged_into: string | null;
  isNew: boolean;
  isChanged: boolean;
  /** Whether others need to hear of the change. */
  isAnnounced: boolean;
  /** The event that changed it last; its alert goes with what is published. */
  lastEvent: Event | null;
  moments: IncidentMomentDraft[];
}

/** Marks a firing alert as one that hides others. */
export interface Marker {
  marker_key: string;
  suppression_id: string;
  alert_id: string;
}
