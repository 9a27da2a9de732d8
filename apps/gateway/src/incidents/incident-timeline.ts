/** What can happen to an incident. */
export const INCIDENT_MOMENTS = [
  'opened',
  'severity_raised',
  'priority_raised',
  'storm_began',
  'storm_ended',
  'settling',
  'rejoined',
  'rule_changed',
  'rule_withdrawn',
  'closed_to_new_alerts',
  'resolved',
  'acknowledged',
  'unacknowledged',
  'ack_expired',
  'snoozed',
  'unsnoozed',
  'note_added',
  'merged',
  'split',
  'analysis',
  'decision',
  'escalation',
] as const;
export type IncidentMoment = (typeof INCIDENT_MOMENTS)[number];

/** One moment in the life of an incident, with its reason. */
export interface TimelineMoment {
  id: string;
  incident_id: string;
  /** Epoch milliseconds. */
  at: number;
  kind: IncidentMoment;
  why: string;
  /** The alert that caused it, if one did. */
  alert_id: string | null;
}
