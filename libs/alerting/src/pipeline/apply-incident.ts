import { ruleOf, type PipelineEvent } from './facts';
import { severityRank } from './severity-rank';
import type { Verdict } from './verdict';
import type { WorkingSet } from './working-set';
import type { WorkingEpisode, WorkingIncident } from './working-state';

/** Takes over what a verdict says about incidents. */
export function applyIncident<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  episode: WorkingEpisode<Event>,
  { incident: change }: Verdict,
): void {
  if (change.kind === 'none') return;
  if (change.kind === 'open') {
    if (change.closes) closeToNewAlerts(set, change.closes, event, episode);
    const incident = openIncident(set, event, episode, change);
    set.learnIncident(incident);
    enter(incident, event, episode);
    return;
  }
  const incident = set.incidents.get(change.id);
  if (!incident) throw new Error('a verdict about an incident needs one');
  if (change.kind === 'member_resolved') {
    leave(set, incident, episode.cluster_id, event, episode.id, change.settle_at, change.settle_why);
    return;
  }
  enter(incident, event, episode);
  if (change.rekey !== null) rekey(set, incident, change.rekey);
  joined(incident, event, episode, change);
}

function joined<Event extends PipelineEvent>(
  incident: WorkingIncident<Event>,
  { alert, at }: Event,
  { id: alert_id, flapping }: WorkingEpisode<Event>,
  change: Extract<Verdict['incident'], { kind: 'join' }>,
): void {
  const moment = (kind: WorkingIncident['moments'][number]['kind'], why: string): void => {
    incident.moments.push({ kind, at, why, alert_id });
  };
  incident.last_alert_at = Math.max(incident.last_alert_at, at);
  incident.burst_from = change.burst.from;
  incident.burst_count = change.burst.count;
  incident.flapping ||= flapping;
  if (change.storm === 'begins') {
    incident.storm_at = at;
    moment(
      'storm_began',
      `${change.burst.count} alerts in a short while: it goes on in one incident, and urgency rises`,
    );
  } else if (change.storm === 'over') {
    incident.storm_at = null;
    moment('storm_ended', 'fewer alerts than a storm has');
  }
  if (incident.settle_at !== null) {
    incident.settle_at = null;
    moment('rejoined', 'an alert came back before the incident was resolved');
  }
  const rank = severityRank(alert.severity);
  if (rank > incident.severity_rank) {
    moment('severity_raised', `from ${incident.severity ?? 'none'} to ${alert.severity ?? 'none'}`.slice(0, 250));
    incident.severity = severityText(alert.severity);
    incident.severity_rank = rank;
  }
  if (change.priority) {
    moment('priority_raised', `from P${incident.priority} to P${change.priority.priority}`);
    incident.priority = change.priority.priority;
    incident.priority_factors = change.priority.factors;
  }
  if (change.routes) incident.routes = change.routes;
  if (change.rule_changed) {
    const { from, to } = change.rule_changed;
    moment('rule_changed', `the rule behind it was changed from version ${from ?? 'unknown'} to ${to}`);
    incident.rule_version = to;
  }
  incident.isAnnounced ||= change.announce;
}

function rekey<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  incident: WorkingIncident<Event>,
  key: string,
): void {
  if (incident.open_key !== null && set.openByKey.get(incident.open_key) === incident)
    set.openByKey.delete(incident.open_key);
  incident.open_key = key;
  set.openByKey.set(key, incident);
}

function openIncident<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  episode: WorkingEpisode<Event>,
  change: Extract<Verdict['incident'], { kind: 'open' }>,
): WorkingIncident<Event> {
  const { alert, at } = event;
  const rule = ruleOf(alert);
  const moments: WorkingIncident['moments'] = [
    { kind: 'opened', at, why: 'the first alert of its group', alert_id: episode.id },
  ];
  if (change.storm)
    moments.push({ kind: 'storm_began', at, why: 'the group was in a storm already', alert_id: episode.id });
  return {
    id: set.newId(),
    status: 'open',
    cluster_id: alert.cluster_id,
    group_key: change.group_key,
    open_key: change.group_key,
    scope_key: change.scope_key,
    convergence: change.convergence,
    text: change.text,
    title: titleOf(alert.name, change.group_labels),
    severity: severityText(alert.severity),
    severity_rank: severityRank(alert.severity),
    group_labels: change.group_labels,
    breakdown: Object.create(null) as WorkingIncident['breakdown'],
    clusters: [],
    alert_count: 0,
    firing_count: 0,
    opened_at: at,
    last_alert_at: at,
    resolved_at: null,
    priority: change.priority.priority,
    priority_factors: change.priority.factors,
    routes: change.routes,
    policy_version: set.policy.version,
    burst_from: change.burst.from,
    burst_count: change.burst.count,
    storm_at: change.storm ? at : null,
    flapping: episode.flapping,
    settle_at: null,
    rule_id: rule?.id ?? null,
    rule_version: rule?.version ?? null,
    merged_into: null,
    isNew: true,
    isChanged: false,
    isAnnounced: true,
    lastEvent: null,
    moments,
  };
}

function enter<Event extends PipelineEvent>(
  incident: WorkingIncident<Event>,
  event: Event,
  episode: WorkingEpisode<Event>,
): void {
  episode.incident_id = incident.id;
  episode.isChanged = true;
  incident.alert_count += 1;
  incident.firing_count += 1;
  const share = (incident.breakdown[episode.cluster_id] ??= { alerts: 0, firing: 0 });
  share.alerts += 1;
  share.firing += 1;
  incident.isChanged = true;
  incident.lastEvent = event;
}

/** A member has ended: the last one resolves the incident, now or when `settleAt` has come. */
export function leave<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  incident: WorkingIncident<Event>,
  clusterId: string,
  event: Event,
  alertId: string | null,
  settleAt: number | null = null,
  settleWhy: string | null = null,
): void {
  incident.firing_count -= 1;
  const share = incident.breakdown[clusterId];
  if (share) share.firing -= 1;
  incident.isChanged = true;
  incident.isAnnounced ||= incident.storm_at === null || incident.firing_count === 0;
  incident.lastEvent = event;
  if (incident.status === 'resolved' || incident.firing_count > 0) return;
  if (settleAt !== null) {
    incident.settle_at = settleAt;
    incident.moments.push({
      kind: 'settling',
      at: event.at,
      why: `all alerts have ended; ${settleWhy ?? ''}`,
      alert_id: alertId,
    });
    return;
  }
  resolveIncident(set, incident, event.at, `all ${incident.alert_count} alerts are resolved`, alertId);
}

/** Ends an incident whose members all have. */
export function resolveIncident<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  incident: WorkingIncident<Event>,
  at: number,
  why: string,
  alertId: string | null,
): void {
  incident.status = 'resolved';
  incident.resolved_at = at;
  incident.settle_at = null;
  incident.isChanged = true;
  incident.isAnnounced = true;
  if (incident.open_key !== null && set.openByKey.get(incident.open_key) === incident)
    set.openByKey.delete(incident.open_key);
  incident.open_key = null;
  incident.moments.push({ kind: 'resolved', at, why, alert_id: alertId });
}

/** It stays open as long as members fire, but the group's next alerts go elsewhere. */
function closeToNewAlerts<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  { id, why }: { id: string; why: string },
  event: Event,
  episode: WorkingEpisode<Event>,
): void {
  const incident = set.incidents.get(id);
  if (!incident) throw new Error('a verdict about an incident needs one');
  if (incident.open_key !== null) set.openByKey.delete(incident.open_key);
  incident.open_key = null;
  incident.isChanged = true;
  incident.lastEvent ??= event;
  incident.moments.push({ kind: 'closed_to_new_alerts', at: event.at, why, alert_id: episode.id });
}

function titleOf(name: string, group: Record<string, string>): string {
  const rest = Object.entries(group).filter(([label]) => label !== 'alertname');
  const known = name || 'Alert without a name';
  const title =
    rest.length === 0 ? known : `${known} (${rest.map(([label, value]) => `${label}=${value}`).join(', ')})`;
  return [...title.slice(0, 1000)].slice(0, 500).join('').toWellFormed();
}

function severityText(severity: string | null): string | null {
  return severity === null ? null : [...severity.slice(0, 200)].slice(0, 100).join('').toWellFormed();
}
