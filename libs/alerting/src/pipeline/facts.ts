import type { NormalisedAlert } from '../webhook/normalised-alert';

/** One alert event on its way through the pipeline. */
export interface PipelineEvent {
  alert: NormalisedAlert;
  /** When it was received, epoch milliseconds. */
  at: number;
  /** Set when nobody sent it: it was concluded from what fires at the source. */
  origin?: 'reconciliation';
}

/** What is known about an episode. */
export interface EpisodeFacts {
  id: string;
  status: 'firing' | 'resolved';
  starts_at_ms: number;
  ends_at_ms: number | null;
  incident_id: string | null;
  suppressed_by: string | null;
  /** What the replicas of a highly available pair say about it, see replicas.ts; null without replica labels. */
  replica: string | null;
  /** When the alert, whenever it fires, last changed its state: epoch milliseconds, oldest first, the last 32. */
  changes: number[];
  flapping: boolean;
}

/** What is known about an incident that an alert may join or belongs to. */
export interface IncidentFacts {
  id: string;
  status: 'open' | 'resolved';
  group_key: string;
  /** The group key while it takes alerts, else null. */
  open_key: string | null;
  severity_rank: number;
  alert_count: number;
  firing_count: number;
  opened_at: number;
  last_alert_at: number;
  /** Clusters with alerts in it. */
  clusters: string[];
  priority: number;
  burst_from: number | null;
  burst_count: number;
  storm_at: number | null;
  flapping: boolean;
  settle_at: number | null;
  rule_id: string | null;
  rule_version: number | null;
  /** Words that text similarity compares; only for incidents of that strategy. */
  text: string | null;
}

/** A firing alert that hides others. */
export interface MarkerFact {
  suppression_id: string;
  alert_id: string;
}

/**
 * All that a decision about one event depends on besides the policy: the same situation gives the same verdict, now and in a year.
 * Kept with the processing record, so that decisions can be replayed.
 */
export interface Situation {
  /** The event's own episode, when it is known. */
  known: EpisodeFacts | null;
  /** The newest episode of the same labels, when that is another one. */
  newest: EpisodeFacts | null;
  /** Firing alerts that could hide this one. */
  markers: MarkerFact[];
  /** Alerts already let through, by the key of the rate cap. */
  caps: Record<string, number>;
  /** Open incidents that could take it, the preferred one first. */
  candidates: IncidentFacts[];
  /** The incident of the known (or newest) episode. */
  own: IncidentFacts | null;
  /** Open incident of the same rule from before its last edit. */
  predecessor: IncidentFacts | null;
  /** Incidents of the same group in the last 30 days. */
  past_incidents: number;
  /** When the alert's rule was last changed or withdrawn; null when that is not known to have happened. */
  rule_changed_at: number | null;
  /** How long the expression of that rule must hold before its alerts fire, milliseconds; 0 when it need not, or that is not known. */
  rule_for_ms: number;
}

/** That a rule was edited or withdrawn. */
export interface RuleEdit {
  /** Epoch milliseconds. */
  changed_at: number;
  /** How long the expression must hold before the alerts of its new version fire; null when that is not known. */
  for_ms: number | null;
}

/** The rule that raised an alert, by the annotations that prove a rule live. */
export function ruleOf(alert: NormalisedAlert): { id: string; version: number } | null {
  const id = alert.annotations['alertagent_rule_id'];
  const version = Number(alert.annotations['alertagent_rule_version']);
  if (id === undefined || id === '' || id.length > 36 || !Number.isSafeInteger(version) || version < 0) return null;
  return { id, version: Math.min(version, 2_000_000_000) };
}
