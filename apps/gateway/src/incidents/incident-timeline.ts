/** What can happen to an incident. */
export const INCIDENT_MOMENTS = [
  'opened',
  'severity_raised',
  'closed_to_new_alerts',
  'resolved',
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
