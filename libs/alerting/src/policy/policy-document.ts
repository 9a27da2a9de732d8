/**
 * How alerts become incidents, as one versioned document: people edit it, it is validated whole, and every decision names the version
 * it was made with. Durations are Prometheus durations (`5m`), matchers are Alertmanager matchers (`severity=~"critical|page"`),
 * conditions are CEL over one alert (`labels`, `annotations`, `name`, `severity`, `cluster`).
 */
export interface PolicyDocument {
  identity: IdentityPolicy;
  flapping: FlappingPolicy;
  storm: StormPolicy;
  /** The first rule that applies to an alert decides how it converges; the last must apply to everything. */
  convergence: ConvergenceRule[];
  priority: PriorityPolicy;
  routing: RouteNode;
  /** Named weekly times, for routing and priority. */
  schedules: Record<string, Schedule>;
}

/** What makes two events the same alert. */
export interface IdentityPolicy {
  /** Labels that only say which replica of a highly available pair reports. They are stored, but not part of the identity. */
  ignore_labels: string[];
}

/** When an alert counts as flapping, and how long it must be quiet before its incident may resolve. */
export interface FlappingPolicy {
  enabled: boolean;
  /** State changes (firing to resolved or back) within `window` that make an alert a flapping one. */
  changes: number;
  window: string;
  /** A flapping member keeps its incident open for this long after its last end. */
  hold: string;
}

/** When an incident turns into a storm: it then raises urgency, and neither opens more incidents nor reports each alert. */
export interface StormPolicy {
  alerts: number;
  window: string;
}

/** How the alerts that it applies to are folded into incidents. */
export interface ConvergenceRule {
  name: string;
  /** Alertmanager matchers, all of which must hold; none means everything. */
  match: string[];
  /** CEL, in addition to `match`. */
  condition?: string | null;
  strategy: ConvergenceStrategy;
  /** How long an open incident takes alerts: since its last alert (`sliding`) or since it was opened (`fixed`). */
  window: string;
  window_kind: 'sliding' | 'fixed';
  /** Alerts in one incident; the next one opens another, except in a storm. */
  max_alerts: number;
  /** An incident takes no alerts beyond this age, storm or not: a second outage must not hide in the first. */
  max_lifetime: string;
  /** How long an incident whose members are all resolved waits for one of them to come back before it is resolved. */
  grace: string;
}

/** What alerts of one incident have in common. */
export type ConvergenceStrategy =
  /** The values of these labels; across clusters when the cause is expected to be the same everywhere. */
  | { by: 'labels'; labels: string[]; across_clusters?: boolean }
  /**
   * A place: levels from the widest to the narrowest, such as namespace, service, instance; `cluster` is the cluster it comes from. An
   * alert joins the incident of its own place, or of any of its parents.
   */
  | { by: 'topology'; levels: string[] }
  /** Similar words in name, summary and description, among incidents that share the values of `labels`; 0 to 1. */
  | { by: 'text'; labels: string[]; similarity: number; across_clusters?: boolean }
  /** Nothing: each alert is an incident of its own. */
  | { by: 'alert' };

/** Points that add up to a score; the score gives the priority. */
export interface PriorityPolicy {
  /** Points by severity rank: 0 none, 1 info, 2 low or unknown, 3 warning, 4 error, 5 critical. */
  severity_points: number[];
  /** Points for alerts that a condition holds for. */
  rules: { name: string; condition: string; points: number }[];
  /** Points from a number of alerts, or clusters, in the incident on; the highest that is reached counts. */
  blast_radius: { alerts?: number; clusters?: number; points: number }[];
  /** Points while a schedule is (or is not) in force. */
  times: { schedule: string; when: 'active' | 'inactive'; points: number }[];
  /** Points when the group had at least this many incidents in the last 30 days. */
  history: { incidents: number; points: number }[];
  /** Points in a storm. */
  storm_points: number;
  /** The lowest scores of P1, P2, P3 and P4; everything below is P5. */
  thresholds: [number, number, number, number];
}

/** A node of the routing tree; a child that matches takes the incident from its parent. */
export interface RouteNode {
  name: string;
  match?: string[];
  condition?: string | null;
  /** Inherited from the parent when absent. */
  workflow?: string | null;
  team?: string | null;
  /** The node applies only while this schedule is in force. */
  schedule?: string | null;
  /** Later siblings are tried as well. */
  continue?: boolean;
  routes?: RouteNode[];
}

/** Times of the week in a time zone; daylight saving applies. */
export interface Schedule {
  /** IANA name. */
  time_zone: string;
  times: {
    /** `monday` to `sunday`, or ranges such as `monday:friday`; all days when absent. */
    weekdays?: string[];
    /** `HH:MM`, `24:00` as an end; over midnight when the end is before the start. */
    from: string;
    to: string;
  }[];
}

/** Kinds of suppressions. */
export const SUPPRESSION_KINDS = ['maintenance', 'condition', 'inhibition', 'dependency', 'rate_cap', 'noise'] as const;
export type SuppressionKind = (typeof SUPPRESSION_KINDS)[number];

/** A reason to keep firing alerts from opening incidents. What it hides is stored, counted and listed. */
export interface SuppressionDefinition {
  id: string;
  name: string;
  kind: SuppressionKind;
  owner: string;
  reason: string;
  /** Epoch milliseconds; alerts are judged by the time they started, or while they fire, never by the order of arrival. */
  starts_at_ms: number;
  /** Null: without end, which only conditions, inhibitions, dependencies and caps may be. */
  ends_at_ms: number | null;
  /** Alertmanager matchers of the alerts to hide. */
  match: string[];
  /** CEL, in addition. */
  condition?: string | null;
  /** For `condition`: how long one alert stays hidden, counted from its start. */
  duration?: string | null;
  /** For `maintenance`: recurring windows, each beginning by a cron pattern in a time zone. */
  recurrence?: { cron: string; time_zone: string; duration: string } | null;
  /** For `inhibition` and `dependency`: matchers of the alert that hides others while it fires. */
  source?: string[];
  /** Labels both must share; an alert that lacks one of them is never hidden. */
  equal?: string[];
  /** For `rate_cap`: alerts let through per window, counted for each value of `per`. */
  cap?: { alerts: number; window: string; per: string[] } | null;
  /** For `noise`: the alerts, by label hash. */
  label_hashes?: string[];
}

/** Everything that decisions depend on; a version of it is what a decision names. */
export interface PolicySnapshot {
  policy: PolicyDocument;
  suppressions: SuppressionDefinition[];
}
