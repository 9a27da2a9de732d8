import {
  WorkingSet,
  type CompiledPolicy,
  type Marker,
  type PipelineEvent,
  type WorkingEpisode,
  type WorkingIncident,
} from '@alertagent/alerting';

/** What the simulated database holds: copies, never the objects that the pipeline works on. */
export class StoredRows {
  readonly episodes = new Map<string, WorkingEpisode>();
  readonly incidents = new Map<string, WorkingIncident>();
  readonly markers: Marker[] = [];
  readonly caps = new Map<string, number>();

  /** A working set that knows everything stored, as if a batch had loaded it. */
  load(policy: CompiledPolicy, newId: () => string): WorkingSet {
    const set = new WorkingSet(policy, newId);
    for (const episode of this.episodes.values()) {
      set.learnEpisode({ ...structuredClone(episode), source: null, isChanged: false, seen_at: null });
    }
    for (const incident of this.incidents.values()) {
      const fresh = { isNew: false, isChanged: false, isAnnounced: false, lastEvent: null, moments: [] };
      set.learnIncident({ ...structuredClone(incident), ...fresh });
    }
    for (const marker of this.markers) set.learnMarker(marker);
    for (const [key, count] of this.caps) set.caps.set(key, count);
    return set;
  }

  /** Stores what a batch made, all of it or nothing. */
  commit(set: WorkingSet): void {
    for (const episode of set.episodes.values()) {
      const { source, ...row } = episode;
      void source;
      this.episodes.set(episode.id, structuredClone({ ...row, source: null as PipelineEvent | null }));
    }
    for (const incident of set.incidents.values()) {
      this.incidents.set(incident.id, structuredClone({ ...incident, lastEvent: null }));
    }
    const kept = [...this.markers, ...set.addedMarkers].filter(({ alert_id }) => !set.unmarked.has(alert_id));
    this.markers.splice(0, this.markers.length, ...kept);
    for (const { cap_key, alerts } of set.addedCaps.values())
      this.caps.set(cap_key, (this.caps.get(cap_key) ?? 0) + alerts);
  }
}
