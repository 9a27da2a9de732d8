/** When alerts of the same group are folded into one incident. */
export interface ConvergencePolicy {
  /** How long after its last alert an open incident still takes alerts, in milliseconds. */
  window_ms: number;
  /** How many alerts one incident may hold; the next one opens another incident. */
  max_alerts: number;
}

/** What convergence needs to know about the newest incident of a group. */
export interface ConvergingIncident {
  /** 'resolved' takes no more alerts; any other word means open. */
  status: string;
  opened_at_ms: number;
  last_alert_at_ms: number;
  alert_count: number;
}

/** Whether an alert received at `at_ms` joins the incident; otherwise it opens a new one. `why` goes to the timeline. */
export function canJoin(
  incident: ConvergingIncident,
  policy: ConvergencePolicy,
  at_ms: number,
): { join: boolean; why: string } {
  if (incident.status === 'resolved') return { join: false, why: 'the incident is resolved' };
  if (incident.alert_count >= policy.max_alerts) {
    return { join: false, why: `the incident holds ${incident.alert_count} alerts, the cap is ${policy.max_alerts}` };
  }
  // Workers on different machines: an alert may carry a time slightly before the incident's last one.
  const quietMs = Math.max(0, at_ms - incident.last_alert_at_ms);
  if (quietMs > policy.window_ms) {
    return { join: false, why: `${quietMs} ms since its last alert, the window is ${policy.window_ms} ms` };
  }
  return { join: true, why: `same group, ${quietMs} ms after the last alert (window ${policy.window_ms} ms)` };
}

/** An incident is resolved when, and only when, it has members and all of them are. */
export function incidentStatus(members: ('firing' | 'resolved')[]): 'firing' | 'resolved' {
  return members.length > 0 && members.every((member) => member === 'resolved') ? 'resolved' : 'firing';
}
