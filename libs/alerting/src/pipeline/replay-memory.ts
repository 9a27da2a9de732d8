import type { PipelineEvent } from './facts';
import type { WorkingSet } from './working-set';
import type { WorkingIncident } from './working-state';

const HOUR_MS = 60 * 60_000;
/** An alert that ended this long ago is forgotten: no retry of its sender is that late. */
const EPISODE_KEPT_MS = 24 * HOUR_MS;
/** Windows of rate caps are not longer. */
const CAP_KEPT_MS = 8 * 24 * HOUR_MS;

/** Forgets a resolved incident: nothing joins it any more. */
export function forgetIncident<Event extends PipelineEvent>(
  set: WorkingSet<Event>,
  incident: WorkingIncident<Event>,
): void {
  set.incidents.delete(incident.id);
  if (incident.scope_key !== null) dropFrom(set.openByScope, incident.scope_key, incident);
  if (incident.rule_id !== null) dropFrom(set.openByRule, incident.rule_id, incident);
}

function dropFrom<T>(map: Map<string, T[]>, key: string, item: T): void {
  const left = (map.get(key) ?? []).filter((other) => other !== item);
  if (left.length > 0) map.set(key, left);
  else map.delete(key);
}

/** Keeps a working set small that lives longer than a batch: what is only there to be stored goes, and what nobody asks for again. */
export class Sweeper {
  private sweptAt = -Infinity;

  /** To be called after each event. */
  sweep<Event extends PipelineEvent>(set: WorkingSet<Event>, { alert }: Event, now: number): void {
    const episode = set.episodes.get(alert.episode_key);
    if (episode) episode.source = null;
    const incident = episode?.incident_id ? set.incidents.get(episode.incident_id) : undefined;
    if (incident) {
      incident.lastEvent = null;
      incident.moments.length = 0;
    }
    set.addedMarkers.length = 0;
    set.unmarked.clear();
    if (now - this.sweptAt < HOUR_MS) return;
    this.sweptAt = now;
    forgetEpisodes(set, now);
    for (const [key, markers] of set.markers) if (markers.length === 0) set.markers.delete(key);
    for (const { cap_key, bucket } of set.addedCaps.values()) {
      if (bucket >= now - CAP_KEPT_MS) continue;
      set.addedCaps.delete(cap_key);
      set.caps.delete(cap_key);
    }
  }
}

function forgetEpisodes<Event extends PipelineEvent>(set: WorkingSet<Event>, now: number): void {
  for (const [key, episode] of set.episodes) {
    if (episode.status === 'firing') continue;
    if (Math.max(episode.ends_at_ms ?? 0, episode.seen_at ?? 0) >= now - EPISODE_KEPT_MS) continue;
    set.episodes.delete(key);
    if (set.newest.get(episode.label_hash) === episode) set.newest.delete(episode.label_hash);
  }
}
