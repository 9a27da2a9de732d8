import { decideEpisode } from '@alertagent/alerting';
import { newId } from '@alertagent/service-kit';
import { end, pass, type AlertEvent, type Batch, type Episode } from '../batch';

/**
 * Tells news from repetition. Alertmanager repeats itself, peers repeat each other, and both overtake: what an event means
 * follows from its times alone, never from the order of arrival.
 */
export function dedupe(event: AlertEvent, batch: Batch): 'next' | 'end' {
  const { alert } = event;
  const before = batch.newest.get(alert.label_hash) ?? null;
  const known = batch.episodes.get(alert.episode_key) ?? before;
  const outcome = decideEpisode(known, alert);
  const note = { stage: 'dedupe', outcome: outcome.kind, why: outcome.why } as const;
  switch (outcome.kind) {
    case 'stale':
      event.episode = known;
      return end(event, note, 'stale');
    case 'duplicate':
      event.episode = known;
      // The suppression that hid it may be over: then this repetition is what brings it to people's attention.
      if (known?.status === 'firing' && known.suppressed_by !== null) return pass(event, note);
      return end(event, note, 'duplicate');
    case 'resolved':
      if (!outcome.late && known) return resolve(event, known);
      event.episode = startEpisode(event, 'resolved');
      if (before) supersede(event, before, batch);
      batch.learn(event.episode);
      return end(event, note, 'resolved');
    case 'opened':
      event.episode = startEpisode(event, 'firing');
      if (before) supersede(event, before, batch);
      batch.learn(event.episode);
      return pass(event, note);
  }

  function resolve(resolved: AlertEvent, episode: Episode): 'next' {
    episode.status = 'resolved';
    episode.ends_at_ms = alert.ends_at_ms ?? resolved.webhook.received_at;
    episode.isChanged = true;
    resolved.episode = episode;
    return pass(resolved, note);
  }
}

function startEpisode(event: AlertEvent, status: Episode['status']): Episode {
  const { alert, webhook } = event;
  return {
    id: newId(),
    episode_key: alert.episode_key,
    label_hash: alert.label_hash,
    cluster_id: alert.cluster_id,
    status,
    starts_at_ms: alert.starts_at_ms,
    ends_at_ms: status === 'resolved' ? (alert.ends_at_ms ?? webhook.received_at) : null,
    incident_id: null,
    suppressed_by: null,
    source: event,
    isChanged: false,
  };
}

/** An alert cannot fire twice at once: a later start means that the end of the earlier episode was lost on the way. */
function supersede(event: AlertEvent, earlier: Episode, batch: Batch): void {
  if (earlier.status === 'resolved' || earlier.starts_at_ms >= event.alert.starts_at_ms) return;
  earlier.status = 'resolved';
  earlier.ends_at_ms = event.alert.starts_at_ms;
  earlier.isChanged = true;
  const incident = batch.incidentOf(earlier);
  // Not resolved here: the new episode is about to join, most likely the same incident. See settleIncidents.
  if (incident) {
    incident.firing_count -= 1;
    incident.isChanged = true;
    incident.lastEvent = event;
  }
  event.notes.push({
    stage: 'dedupe',
    outcome: 'superseded',
    why: 'the earlier episode of this alert was still open: its end never arrived',
  });
}
