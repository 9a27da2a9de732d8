import { formatDuration } from '../durations';
import type { CompiledConvergenceRule } from './convergence-rules';
import type { IncidentFacts } from './facts';

/** Whether an alert received at `at` may join an open incident, and why. */
export interface JoinVerdict {
  join: boolean;
  why: string;
}

/** `inStorm`: the cap does not end an incident in which a storm rages; its lifetime does. */
export function canJoin(
  incident: IncidentFacts,
  rule: Pick<CompiledConvergenceRule, 'window_ms' | 'window_kind' | 'max_alerts' | 'max_lifetime_ms'>,
  at: number,
  inStorm: boolean,
): JoinVerdict {
  if (incident.status === 'resolved') return { join: false, why: 'the incident is resolved' };
  if (waitIsOver(incident, at)) return { join: false, why: 'the incident waited for an alert to come back, in vain' };
  const age = at - incident.opened_at;
  if (age > rule.max_lifetime_ms) {
    return {
      join: false,
      why: `the incident is ${inWords(age)} old, at most ${inWords(rule.max_lifetime_ms)} are allowed`,
    };
  }
  // Waiting for a member to come back: whatever fires now is that.
  if (incident.settle_at !== null) return { join: true, why: 'the incident was about to be resolved' };
  // Workers on different machines: an alert may carry a time slightly before the incident's last one.
  const since = rule.window_kind === 'fixed' ? incident.opened_at : incident.last_alert_at;
  const quiet = Math.max(0, at - since);
  if (quiet > rule.window_ms) {
    const from = rule.window_kind === 'fixed' ? 'it was opened' : 'its last alert';
    return { join: false, why: `${inWords(quiet)} since ${from}, the window is ${inWords(rule.window_ms)}` };
  }
  if (incident.alert_count >= rule.max_alerts && !inStorm) {
    return { join: false, why: `the incident holds ${incident.alert_count} alerts, the cap is ${rule.max_alerts}` };
  }
  return { join: true, why: `same group, ${inWords(quiet)} later (window ${inWords(rule.window_ms)})` };
}

/** All its members had ended, and none came back in time: it is as good as resolved, whenever somebody writes that down. */
export function waitIsOver({ settle_at }: Pick<IncidentFacts, 'settle_at'>, at: number): boolean {
  return settle_at !== null && at >= settle_at;
}

/** An incident is resolved when, and only when, it has members and all of them are. */
export function incidentStatus(members: ('firing' | 'resolved')[]): 'firing' | 'resolved' {
  return members.length > 0 && members.every((member) => member === 'resolved') ? 'resolved' : 'firing';
}

/** A time span as people read it, to the second. */
export const inWords = (ms: number): string => formatDuration(ms < 1000 ? ms : ms - (ms % 1000));
