import type { NormalisedAlert } from '@alertagent/alerting';
import type { Disposition } from '@alertagent/contracts';
import type { IncidentMoment } from '../incidents/incident-timeline';
import type { ClaimedWebhook } from '../intake/claimed-webhook';
import type { StageNote } from '../ledger/processing-record';

/** An alert's episode as the stages see and change it; `alerts` row once recorded. */
export interface Episode {
  id: string;
  episode_key: string;
  label_hash: string;
  cluster_id: string;
  status: 'firing' | 'resolved';
  starts_at_ms: number;
  ends_at_ms: number | null;
  incident_id: string | null;
  suppressed_by: string | null;
  /** The event it was made from; null for an episode that was loaded. */
  source: AlertEvent | null;
  isChanged: boolean;
}

/** An incident as the stages see and change it. */
export interface WorkingIncident {
  id: string;
  cluster_id: string;
  group_key: string;
  open_key: string | null;
  title: string;
  severity: string | null;
  severity_rank: number;
  status: 'open' | 'resolved';
  group_labels: Record<string, string>;
  alert_count: number;
  firing_count: number;
  opened_at: number;
  last_alert_at: number;
  resolved_at: number | null;
  isNew: boolean;
  isChanged: boolean;
  /** The event that changed it last; its alert goes with what is published. */
  lastEvent: AlertEvent | null;
  moments: { kind: IncidentMoment; at: number; why: string; alert_id: string | null }[];
}

/** One alert of a webhook on its way through the stages. */
export interface AlertEvent {
  webhook: ClaimedWebhook;
  index: number;
  alert: NormalisedAlert;
  /** The group of alerts it belongs to. */
  group_key: string;
  notes: StageNote[];
  episode: Episode | null;
  incident: WorkingIncident | null;
  /** Where it ended and why; set by the stage that decides it. */
  ending: { disposition: Disposition; why: string } | null;
}

/** An alert that cannot be processed. */
export interface RefusedAlert {
  webhook: ClaimedWebhook;
  index: number;
  code: string;
  pointer: string;
  detail: string;
  raw: string;
}

/** Everything one transaction works on: what came in, what was known, what the stages made of it. */
export class Batch {
  readonly events: AlertEvent[] = [];
  readonly refused: RefusedAlert[] = [];
  readonly episodes = new Map<string, Episode>();
  /** The newest episode of each label set. */
  readonly newest = new Map<string, Episode>();
  readonly incidents = new Map<string, WorkingIncident>();
  /** The incident that takes a group's alerts now, by group key. */
  readonly openByGroup = new Map<string, WorkingIncident>();
  readonly suppressions: { event: AlertEvent; name: string; why: string }[] = [];

  constructor(readonly webhooks: readonly ClaimedWebhook[]) {}

  /** Makes an episode known to the events that follow. */
  learn(episode: Episode): void {
    this.episodes.set(episode.episode_key, episode);
    const newest = this.newest.get(episode.label_hash);
    if (!newest || episode.starts_at_ms >= newest.starts_at_ms) this.newest.set(episode.label_hash, episode);
  }

  incidentOf(episode: Episode): WorkingIncident | null {
    return episode.incident_id === null ? null : (this.incidents.get(episode.incident_id) ?? null);
  }
}

/** Ends an event's way: what becomes of it, and why. */
export function end(event: AlertEvent, note: StageNote, disposition: Disposition): 'end' {
  event.notes.push(note);
  event.ending = { disposition, why: note.why };
  return 'end';
}

/** Lets an event go on to the next stage. */
export function pass(event: AlertEvent, note: StageNote): 'next' {
  event.notes.push(note);
  return 'next';
}

/** One step of the pipeline: looks at one event in the light of the batch, changes what is known, ends the event or passes it on. */
export type Stage = (event: AlertEvent, batch: Batch) => 'next' | 'end';
