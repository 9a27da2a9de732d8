import { ACTIVE_ALERT_STATES, SILENCE_STATES, type ActiveAlertState, type SilenceState } from '@alertagent/contracts';

/** What `/status` of an Alertmanager says. */
export interface MemberStatus {
  version: string | null;
  startedAt: string | null;
  /** Its own name in the mesh; null without gossip. A new one at each start. */
  peerName: string | null;
  meshStatus: string | null;
  /** Names of all it gossips with, its own included. */
  peers: string[];
}

/** An alert as one member holds it. */
export interface HeldAlert {
  fingerprint: string;
  state: ActiveAlertState;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  silencedBy: string[];
  inhibitedBy: string[];
  receivers: string[];
  startsAt: string;
  endsAt: string;
  updatedAt: string;
  generatorUrl: string | null;
}

/** One condition of a silence, nothing left out. */
export interface HeldMatcher {
  name: string;
  value: string;
  is_regex: boolean;
  is_equal: boolean;
}

/** A silence as one member knows it. */
export interface HeldSilence {
  id: string;
  state: SilenceState;
  matchers: HeldMatcher[];
  startsAt: string;
  endsAt: string;
  updatedAt: string;
  createdBy: string;
  /** With AlertAgent's marker, if it has one. */
  comment: string;
}

/** Throws when it is no status of an Alertmanager. */
export function readStatus(json: unknown): MemberStatus {
  const { cluster, versionInfo, uptime } = object(json);
  const mesh = object(cluster);
  return {
    version: optionalText(object(versionInfo ?? {})['version']),
    startedAt: optionalText(uptime),
    peerName: optionalText(mesh['name']),
    meshStatus: text(mesh['status']),
    peers: list(mesh['peers'] ?? []).map((peer) => text(object(peer)['name'])),
  };
}

/** Throws when one of them is no alert: a list that is read in part would look like a whole one. */
export const readAlerts = (json: unknown): HeldAlert[] => list(json).map(readAlert);

/** Throws when one of them is no silence. */
export const readSilences = (json: unknown): HeldSilence[] => list(json).map(readSilence);

/** The id that a new silence, or a changed one, got. */
export const readSilenceId = (json: unknown): string => token(object(json)['silenceID']);

function readAlert(json: unknown): HeldAlert {
  const alert = object(json);
  const status = object(alert['status']);
  return {
    fingerprint: token(alert['fingerprint']),
    state: oneOf(ACTIVE_ALERT_STATES, status['state']),
    labels: texts(alert['labels']),
    annotations: texts(alert['annotations'] ?? {}),
    silencedBy: list(status['silencedBy'] ?? []).map(text),
    inhibitedBy: list(status['inhibitedBy'] ?? []).map(text),
    receivers: list(alert['receivers'] ?? []).map((receiver) => text(object(receiver)['name'])),
    startsAt: text(alert['startsAt']),
    endsAt: text(alert['endsAt']),
    updatedAt: text(alert['updatedAt']),
    generatorUrl: optionalText(alert['generatorURL']),
  };
}

function readSilence(json: unknown): HeldSilence {
  const silence = object(json);
  return {
    id: token(silence['id']),
    state: oneOf(SILENCE_STATES, object(silence['status'])['state']),
    matchers: list(silence['matchers']).map(readMatcher),
    startsAt: text(silence['startsAt']),
    endsAt: text(silence['endsAt']),
    updatedAt: text(silence['updatedAt']),
    createdBy: text(silence['createdBy'] ?? ''),
    comment: text(silence['comment'] ?? ''),
  };
}

function readMatcher(json: unknown): HeldMatcher {
  const { name, value, isRegex, isEqual } = object(json);
  // Alertmanagers before 0.22 know no negation and leave it out.
  return { name: text(name), value: text(value), is_regex: isRegex === true, is_equal: isEqual !== false };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error('expected an object');
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Error('expected a list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('expected a text');
  return value;
}

/** Something that is safe in a path and in a cursor. */
function token(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Za-z0-9-]{1,64}$/.test(value)) throw new Error('expected an id');
  return value;
}

const optionalText = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function texts(value: unknown): Record<string, string> {
  const map = object(value);
  Object.values(map).forEach(text);
  return map as Record<string, string>;
}

function oneOf<T extends string>(values: readonly T[], value: unknown): T {
  const found = values.find((known) => known === value);
  if (found === undefined) throw new Error('expected one of the known states');
  return found;
}
