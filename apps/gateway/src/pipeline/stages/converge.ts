import { canJoin, type ConvergencePolicy } from '@alertagent/alerting';
import { newId } from '@alertagent/service-kit';
import { severityRank } from '../../incidents/severity-rank';
import { end, type AlertEvent, type Batch, type Episode, type Stage, type WorkingIncident } from '../batch';

/** How alerts are folded into incidents. */
export interface ConvergenceRules extends ConvergencePolicy {
  /** Off: each alert is an incident of its own. */
  enabled: boolean;
  /** Labels that alerts of one incident share. */
  group_by: string[];
}

/**
 * Folds alerts into incidents: the first of a group opens one at once, later ones join it within the window and up to the cap,
 * and it is resolved when, and only when, all its members are.
 */
export function convergeBy(rules: ConvergenceRules): Stage {
  return (event, batch) => {
    const { alert, episode } = event;
    if (!episode) throw new Error('an event without an episode must have ended before');
    if (alert.status === 'resolved') return memberResolved(event, episode, batch);

    const current = batch.openByGroup.get(event.group_key);
    const verdict = current
      ? canJoin(asConverging(current), rules, event.webhook.received_at)
      : { join: false, why: 'no open incident of this group' };
    if (current && verdict.join) {
      join(event, episode, current);
      return end(event, { stage: 'converge', outcome: 'merged', why: verdict.why }, 'merged');
    }
    if (current) closeToNewAlerts(current, event, verdict.why);
    open(event, episode, batch, rules);
    return end(event, { stage: 'converge', outcome: 'opened', why: `opened an incident: ${verdict.why}` }, 'opened');
  };
}

function asConverging(incident: WorkingIncident) {
  return {
    status: incident.status,
    opened_at_ms: incident.opened_at,
    last_alert_at_ms: incident.last_alert_at,
    alert_count: incident.alert_count,
  };
}

function memberResolved(event: AlertEvent, episode: Episode, batch: Batch): 'end' {
  const incident = batch.incidentOf(episode);
  if (!incident)
    return end(
      event,
      { stage: 'converge', outcome: 'resolved', why: 'the episode has ended; it belonged to no incident' },
      'resolved',
    );
  incident.firing_count -= 1;
  touch(incident, event);
  const why =
    incident.firing_count > 0
      ? `the episode has ended; ${incident.firing_count} of ${incident.alert_count} alerts of the incident still fire`
      : 'the episode has ended, the last of the incident';
  settleIncident(incident, event, batch);
  return end(event, { stage: 'converge', outcome: 'resolved', why }, 'resolved');
}

/** Resolves the incidents that lost their last firing member without a resolved event, because the member was superseded. */
export function settleIncidents(batch: Batch): void {
  for (const incident of batch.incidents.values()) {
    if (incident.isChanged && incident.lastEvent) settleIncident(incident, incident.lastEvent, batch);
  }
}

/** Resolves an incident whose members all are. */
function settleIncident(incident: WorkingIncident, event: AlertEvent, batch: Batch): void {
  if (incident.status === 'resolved' || incident.firing_count > 0) return;
  const at = event.webhook.received_at;
  incident.status = 'resolved';
  incident.resolved_at = at;
  release(incident, batch);
  incident.moments.push({
    kind: 'resolved',
    at,
    why: `all ${incident.alert_count} alerts are resolved`,
    alert_id: event.episode?.id ?? null,
  });
}

function join(event: AlertEvent, episode: Episode, incident: WorkingIncident): void {
  enter(event, episode, incident);
  incident.last_alert_at = Math.max(incident.last_alert_at, event.webhook.received_at);
  const rank = severityRank(event.alert.severity);
  if (rank <= incident.severity_rank) return;
  const why = `from ${incident.severity ?? 'none'} to ${event.alert.severity ?? 'none'}`.slice(0, 250);
  incident.severity = severityText(event);
  incident.severity_rank = rank;
  incident.moments.push({ kind: 'severity_raised', at: event.webhook.received_at, why, alert_id: episode.id });
}

function open(event: AlertEvent, episode: Episode, batch: Batch, rules: ConvergenceRules): void {
  const at = event.webhook.received_at;
  const group_labels = groupLabels(event, rules);
  const incident: WorkingIncident = {
    id: newId(),
    cluster_id: event.alert.cluster_id,
    group_key: event.group_key,
    open_key: event.group_key,
    title: titleOf(event, group_labels),
    severity: severityText(event),
    severity_rank: severityRank(event.alert.severity),
    status: 'open',
    group_labels,
    alert_count: 0,
    firing_count: 0,
    opened_at: at,
    last_alert_at: at,
    resolved_at: null,
    isNew: true,
    isChanged: false,
    lastEvent: null,
    moments: [{ kind: 'opened', at, why: 'the first alert of its group', alert_id: episode.id }],
  };
  enter(event, episode, incident);
  batch.incidents.set(incident.id, incident);
  batch.openByGroup.set(event.group_key, incident);
}

function enter(event: AlertEvent, episode: Episode, incident: WorkingIncident): void {
  episode.incident_id = incident.id;
  episode.isChanged = true;
  incident.alert_count += 1;
  incident.firing_count += 1;
  touch(incident, event);
}

function touch(incident: WorkingIncident, event: AlertEvent): void {
  incident.isChanged = true;
  incident.lastEvent = event;
  event.incident = incident;
}

/** It stays open as long as members fire, but the group's next alerts go elsewhere. */
function closeToNewAlerts(incident: WorkingIncident, event: AlertEvent, why: string): void {
  incident.open_key = null;
  incident.isChanged = true;
  incident.moments.push({
    kind: 'closed_to_new_alerts',
    at: event.webhook.received_at,
    why,
    alert_id: event.episode?.id ?? null,
  });
}

function release(incident: WorkingIncident, batch: Batch): void {
  if (batch.openByGroup.get(incident.group_key) === incident) batch.openByGroup.delete(incident.group_key);
  incident.open_key = null;
}

function groupLabels(event: AlertEvent, rules: ConvergenceRules): Record<string, string> {
  const { labels } = event.alert;
  const names = rules.enabled ? rules.group_by : Object.keys(labels);
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(labels, name)).map((name) => [name, labels[name] ?? '']),
  );
}

function titleOf(event: AlertEvent, group: Record<string, string>): string {
  const name = event.alert.name || 'Alert without a name';
  const rest = Object.entries(group).filter(([label]) => label !== 'alertname');
  const title = rest.length === 0 ? name : `${name} (${rest.map(([label, value]) => `${label}=${value}`).join(', ')})`;
  return [...title.slice(0, 1000)].slice(0, 500).join('').toWellFormed();
}

function severityText(event: AlertEvent): string | null {
  return event.alert.severity === null
    ? null
    : [...event.alert.severity.slice(0, 200)].slice(0, 100).join('').toWellFormed();
}
