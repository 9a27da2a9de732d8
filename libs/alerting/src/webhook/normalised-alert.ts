import { lengthPrefixed, sha256Hex } from '../hashing';
import { inspectAlert, type WireAlert } from './alert-inspection';
import { readInstant, ZERO_TIME } from './instant';
import { START_ASSUMED } from './start-assumed';

/** One alert in the form that the pipeline works on. */
export interface NormalisedAlert {
  cluster_id: string;
  status: 'firing' | 'resolved';
  /** The `alertname` label, or "" when there is none. */
  name: string;
  /** The `severity` label; null when it is absent or empty. */
  severity: string | null;
  /** Has no prototype, so a label may be called anything, `__proto__` included. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** As received, nanoseconds included. */
  starts_at: string;
  starts_at_ms: number;
  /** Null while firing: Alertmanager sends the zero time then. */
  ends_at_ms: number | null;
  /** Null when absent or empty, as it is for alerts that Prometheus did not send. */
  generator_url: string | null;
  /** Alertmanager's hash of the labels, for looking things up there. Not an identity of ours: anybody can send one. */
  fingerprint: string | null;
  /** SHA-256 hex over cluster, sorted labels and startsAt: one firing of one alert, for ever. */
  episode_key: string;
  /** SHA-256 hex over cluster and sorted labels: the alert whenever it fires. */
  label_hash: string;
  /** The values of the labels that are not part of the identity: which replica of a pair reports. Null without such labels. */
  replica: string | null;
  /** A label or annotation value was too long and has been cut; the raw body still has it whole. */
  truncated: boolean;
  /**
   * The source names no start: `starts_at` is the time of receipt. Such an event belongs to the episode of these labels that fires
   * already, if one does.
   */
  start_assumed?: true;
  /** While firing: until when the source wants to be believed without saying it again, as Prometheus does. */
  expires_at_ms?: number;
}

/** Values longer than this many bytes of UTF-8 are cut. */
const LONGEST_LABEL_BYTES = 4096;
const LONGEST_ANNOTATION_BYTES = 16 * 1024;
const NO_LABELS: ReadonlySet<string> = new Set();

/**
 * Turns one alert that the intake accepted into the pipeline's form. Identity is computed over the whole
 * values, before anything is cut, and over the moment of startsAt rather than its spelling.
 * Throws a TypeError for an alert that would have been quarantined.
 */
export function normaliseAlert(
  alert: unknown,
  cluster_id: string,
  ignoredLabels: ReadonlySet<string> = NO_LABELS,
): NormalisedAlert {
  const fault = inspectAlert(alert);
  if (fault !== null) throw new TypeError(`an alert that must be quarantined (${fault.code}) cannot be normalised`);
  return normaliseAccepted(alert, cluster_id, ignoredLabels);
}

/** The same for an alert that was examined a moment ago, as those of {@link readStoredWebhook} were. */
export function normaliseAccepted(
  alert: unknown,
  cluster_id: string,
  ignoredLabels: ReadonlySet<string> = NO_LABELS,
): NormalisedAlert {
  const wire = alert as WireAlert & { [START_ASSUMED]?: true };
  const startsAt = wire.startsAt as string;
  const ends = typeof wire.endsAt === 'string' && wire.endsAt !== ZERO_TIME ? readInstant(wire.endsAt)!.ms : null;
  const start = readInstant(startsAt)!;
  const identity = labelIdentity(cluster_id, wire.labels as Record<string, string>, ignoredLabels);
  const labels = copyOf(wire.labels as Record<string, string>, LONGEST_LABEL_BYTES);
  const annotations = copyOf((wire.annotations ?? {}) as Record<string, string>, LONGEST_ANNOTATION_BYTES);
  return {
    cluster_id,
    status: wire.status as NormalisedAlert['status'],
    name: labels.copy.alertname ?? '',
    severity: labels.copy.severity || null,
    labels: labels.copy,
    annotations: annotations.copy,
    starts_at: startsAt,
    starts_at_ms: start.ms,
    ends_at_ms: wire.status === 'resolved' ? ends : null,
    generator_url: textOrNull(wire.generatorURL),
    fingerprint: textOrNull(wire.fingerprint),
    episode_key: sha256Hex(identity + lengthPrefixed(start.exact)),
    label_hash: sha256Hex(identity),
    replica: replicaOf(labels.copy, ignoredLabels),
    truncated: labels.truncated || annotations.truncated,
    ...(wire[START_ASSUMED] === true ? { start_assumed: true } : {}),
    ...(wire.status === 'firing' && ends !== null ? { expires_at_ms: ends } : {}),
  };
}

/** Each part carries its length, so no label can be written that reads like two, or like another cluster. */
function labelIdentity(clusterId: string, labels: Record<string, string>, ignored: ReadonlySet<string>): string {
  let text = lengthPrefixed(clusterId);
  for (const name of Object.keys(labels).sort()) {
    if (!ignored.has(name)) text += lengthPrefixed(name) + lengthPrefixed(labels[name]!);
  }
  return text;
}

function replicaOf(labels: Record<string, string>, ignored: ReadonlySet<string>): string | null {
  let replica: string | null = null;
  for (const name of ignored) {
    const value = labels[name];
    if (value !== undefined && value !== '') replica = replica === null ? value : `${replica}/${value}`;
  }
  return replica;
}

function copyOf(
  source: Record<string, string>,
  longestBytes: number,
): { copy: Record<string, string>; truncated: boolean } {
  const copy = Object.create(null) as Record<string, string>;
  let truncated = false;
  for (const name of Object.keys(source)) {
    const value = source[name]!;
    copy[name] = cutAtCodePoint(value, longestBytes);
    if (copy[name].length < value.length) truncated = true;
  }
  return { copy, truncated };
}

function cutAtCodePoint(text: string, longestBytes: number): string {
  // A UTF-16 unit is at most three bytes of UTF-8: short text needs no counting.
  if (text.length * 3 <= longestBytes) return text;
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= longestBytes) return text;
  let end = longestBytes;
  while ((bytes[end]! & 0b1100_0000) === 0b1000_0000) end--;
  return bytes.toString('utf8', 0, end);
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
