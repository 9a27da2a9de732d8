import { applyIncident, leave } from './apply-incident';
import type { PipelineEvent } from './facts';
import { replicaName, writeReplicas } from './replicas';
import type { Verdict } from './verdict';
import type { WorkingSet } from './working-set';
import type { WorkingEpisode } from './working-state';

/** Takes a verdict over into what is known. Decides nothing. */
export function applyVerdict<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  verdict: Verdict,
): void {
  const before = set.newest.get(event.alert.label_hash);
  const episode = applyEpisode(set, event, verdict);
  if (episode) applyIncident(set, event, episode, verdict);
  // After the successor has joined, most likely the same incident: that one must not be resolved in between.
  if (verdict.episode.kind === 'start' && verdict.episode.supersedes && before && episode) {
    supersede(set, event, before, episode);
  }
  if (verdict.counts.length > 0) count(set, event);
}

function count<Event extends PipelineEvent>(set: WorkingSet<Event>, { alert, at }: Event): void {
  for (const { cap_key, bucket } of set.policy.suppressions.capKeysOf(alert, at)) {
    set.caps.set(cap_key, (set.caps.get(cap_key) ?? 0) + 1);
    const added = set.addedCaps.get(cap_key);
    if (added) added.alerts += 1;
    else set.addedCaps.set(cap_key, { cap_key, bucket, alerts: 1 });
  }
}

function applyEpisode<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  { episode: change }: Verdict,
): WorkingEpisode<Event> | null {
  const { alert, at } = event;
  if (change.kind === 'none') return null;
  if (change.kind === 'start') {
    const episode = started(set, event, change);
    set.learnEpisode(episode);
    if (episode.status === 'firing') mark(set, event, episode);
    return episode;
  }
  const known = set.episodes.get(alert.episode_key) ?? set.newest.get(alert.label_hash) ?? null;
  if (!known) throw new Error('a verdict about a known episode needs one');
  known.seen_at = Math.max(known.seen_at ?? 0, at);
  if (change.replica !== undefined) {
    known.replica = change.replica;
    known.isChanged = true;
  }
  if (change.kind === 'hidden_by') {
    known.suppressed_by = change.suppressed_by;
    known.isChanged = true;
  } else if (change.kind === 'resolve') {
    known.status = 'resolved';
    known.ends_at_ms = change.ends_at_ms;
    known.changes = change.changes;
    known.flapping = change.flapping;
    known.ended_by = event.origin === 'reconciliation' ? 'orphaned' : 'resolved';
    known.isChanged = true;
    set.removeMarkers(known.id);
  }
  return known;
}

function started<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  change: Extract<Verdict['episode'], { kind: 'start' }>,
): WorkingEpisode<Event> {
  const { alert, at } = event;
  return {
    id: set.newId(),
    episode_key: alert.episode_key,
    label_hash: alert.label_hash,
    cluster_id: alert.cluster_id,
    status: change.status,
    starts_at_ms: alert.starts_at_ms,
    ends_at_ms: change.ends_at_ms,
    incident_id: null,
    suppressed_by: change.suppressed_by,
    replica: firstWord(alert, change),
    changes: change.changes,
    flapping: change.flapping,
    ended_by: change.status === 'resolved' ? 'resolved' : null,
    source: event,
    isChanged: false,
    last_seen_at: null,
    seen_at: at,
  };
}

/** Alerts without replica labels have nothing to remember. */
function firstWord(
  { replica, ends_at_ms }: PipelineEvent['alert'],
  { status }: Extract<Verdict['episode'], { kind: 'start' }>,
): string | null {
  if (replica === null) return null;
  return writeReplicas([{ name: replicaName(replica), ended_at: status === 'resolved' ? ends_at_ms : null }]);
}

function mark<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  { alert }: Event,
  { id }: WorkingEpisode<Event>,
): void {
  for (const { marker_key, suppression_id } of set.policy.suppressions.markersOf(alert)) {
    const marker = { marker_key, suppression_id, alert_id: id };
    set.learnMarker(marker);
    set.addedMarkers.push(marker);
  }
}

/** An alert cannot fire twice at once: a later start means that the end of the earlier episode was lost on the way. */
function supersede<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  event: Event,
  earlier: WorkingEpisode<Event>,
  successor: WorkingEpisode<Event>,
): void {
  earlier.status = 'resolved';
  earlier.ends_at_ms = event.alert.starts_at_ms;
  earlier.ended_by = 'superseded';
  earlier.isChanged = true;
  set.removeMarkers(earlier.id);
  const incident = earlier.incident_id === null ? undefined : set.incidents.get(earlier.incident_id);
  if (incident) leave(set, incident, earlier.cluster_id, event, successor.id);
}
