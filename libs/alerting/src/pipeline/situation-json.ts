import type { EpisodeFacts, IncidentFacts, Situation } from './facts';

/**
 * The stored form of a situation: an object of the parts that are there, with episodes and incidents as lists of their fields in the
 * order below. One is written for every alert event, so names, defaults and what is said twice are left out. New fields go to the end.
 */
interface StoredSituation {
  known?: StoredEpisode;
  newest?: StoredEpisode;
  /** Pairs of suppression and alert. */
  markers?: [string, string][];
  caps?: Record<string, number>;
  candidates?: StoredIncident[];
  /** A number is the place of the same incident among the candidates. */
  own?: StoredIncident | number;
  predecessor?: StoredIncident;
  past_incidents?: number;
  rule_changed_at?: number;
  rule_for_ms?: number;
}

type StoredEpisode = [
  id: string,
  /** 1 while it fires. */
  firing: 0 | 1,
  starts_at_ms: number,
  ends_at_ms: number | null,
  incident_id: string | null,
  suppressed_by: string | null,
  replica: string | null,
  changes: number[],
  flapping: 0 | 1,
];

type StoredIncident = [
  id: string,
  /** 1 while it is open. */
  open: 0 | 1,
  group_key: string,
  /** 1: the group key. */
  open_key: string | null | 1,
  severity_rank: number,
  alert_count: number,
  firing_count: number,
  opened_at: number,
  last_alert_at: number,
  clusters: string[],
  priority: number,
  burst_from: number | null,
  burst_count: number,
  storm_at: number | null,
  flapping: 0 | 1,
  settle_at: number | null,
  rule_id: string | null,
  rule_version: number | null,
  text: string | null,
];

/** Writes down what a decision was based on, as short as it can be: `{}` when nothing was known. */
export function compactSituation(situation: Situation): string {
  const stored: StoredSituation = {};
  const { known, newest, markers, caps, candidates, own, predecessor, past_incidents, rule_changed_at, rule_for_ms } =
    situation;
  if (known !== null) stored.known = storeEpisode(known);
  if (newest !== null) stored.newest = storeEpisode(newest);
  if (markers.length > 0) stored.markers = markers.map(({ suppression_id, alert_id }) => [suppression_id, alert_id]);
  for (const key in caps) {
    // Only when there is one.
    stored.caps ??= {};
    stored.caps[key] = caps[key]!;
  }
  if (candidates.length > 0) stored.candidates = candidates.map(storeIncident);
  if (own !== null) {
    const place = candidates.findIndex(({ id }) => id === own.id);
    stored.own = place >= 0 ? place : storeIncident(own);
  }
  if (predecessor !== null) stored.predecessor = storeIncident(predecessor);
  if (past_incidents !== 0) stored.past_incidents = past_incidents;
  if (rule_changed_at !== null) stored.rule_changed_at = rule_changed_at;
  if (rule_for_ms !== 0) stored.rule_for_ms = rule_for_ms;
  return JSON.stringify(stored);
}

/** Reads what {@link compactSituation} wrote. Errors: a SyntaxError for text that is no JSON. */
export function expandSituation(text: string): Situation {
  const stored = JSON.parse(text) as StoredSituation;
  const candidates = (stored.candidates ?? []).map(readIncident);
  const own = stored.own ?? null;
  return {
    known: stored.known ? readEpisode(stored.known) : null,
    newest: stored.newest ? readEpisode(stored.newest) : null,
    markers: (stored.markers ?? []).map(([suppression_id, alert_id]) => ({ suppression_id, alert_id })),
    caps: stored.caps ?? {},
    candidates,
    own: own === null ? null : typeof own === 'number' ? { ...candidates[own]! } : readIncident(own),
    predecessor: stored.predecessor ? readIncident(stored.predecessor) : null,
    past_incidents: stored.past_incidents ?? 0,
    rule_changed_at: stored.rule_changed_at ?? null,
    rule_for_ms: stored.rule_for_ms ?? 0,
  };
}

function storeEpisode(episode: EpisodeFacts): StoredEpisode {
  return [
    episode.id,
    episode.status === 'firing' ? 1 : 0,
    episode.starts_at_ms,
    episode.ends_at_ms,
    episode.incident_id,
    episode.suppressed_by,
    episode.replica,
    episode.changes,
    episode.flapping ? 1 : 0,
  ];
}

function readEpisode(stored: StoredEpisode): EpisodeFacts {
  const [id, firing, starts_at_ms, ends_at_ms, incident_id, suppressed_by, replica, changes, flapping] = stored;
  return {
    id,
    status: firing === 1 ? 'firing' : 'resolved',
    starts_at_ms,
    ends_at_ms,
    incident_id,
    suppressed_by,
    replica,
    changes,
    flapping: flapping === 1,
  };
}

function storeIncident(incident: IncidentFacts): StoredIncident {
  return [
    incident.id,
    incident.status === 'open' ? 1 : 0,
    incident.group_key,
    incident.open_key === incident.group_key ? 1 : incident.open_key,
    incident.severity_rank,
    incident.alert_count,
    incident.firing_count,
    incident.opened_at,
    incident.last_alert_at,
    incident.clusters,
    incident.priority,
    incident.burst_from,
    incident.burst_count,
    incident.storm_at,
    incident.flapping ? 1 : 0,
    incident.settle_at,
    incident.rule_id,
    incident.rule_version,
    incident.text,
  ];
}

function readIncident(stored: StoredIncident): IncidentFacts {
  return {
    id: stored[0],
    status: stored[1] === 1 ? 'open' : 'resolved',
    group_key: stored[2],
    open_key: stored[3] === 1 ? stored[2] : stored[3],
    severity_rank: stored[4],
    alert_count: stored[5],
    firing_count: stored[6],
    opened_at: stored[7],
    last_alert_at: stored[8],
    clusters: stored[9],
    priority: stored[10],
    burst_from: stored[11],
    burst_count: stored[12],
    storm_at: stored[13],
    flapping: stored[14] === 1,
    settle_at: stored[15],
    rule_id: stored[16],
    rule_version: stored[17],
    text: stored[18],
  };
}
