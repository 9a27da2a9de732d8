import { lengthPrefixed, sha256Hex } from '../hashing';
import { inspectAlert, type WireAlert } from './alert-inspection';
import { readInstant, ZERO_TIME } from './instant';

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
  /** A label or annotation value was too long and has been cut; the raw body still has it whole. */
  truncated: boolean;
}

/** Values longer than this many bytes of UTF-8 are cut. */
const LONGEST_LABEL_BYTES = 4096;
const LONGEST_ANNOTATION_BYTES = 16 * 1024;

/**
 * Turns one alert that {@link parseWebhook} accepted into the pipeline's form. Identity is computed over the whole
 * values, before anything is cut, and over the moment of startsAt rather than its spelling.
 * Throws a TypeError for an alert that would have been quarantined.
 */
export function normaliseAlert(alert: unknown, cluster_id: string): NormalisedAlert {
  const fault = inspectAlert(alert);
  if (fault !== null) throw new TypeError(`an alert that must be quarantined (${fault.code}) cannot be normalised`);
  const wire = alert as WireAlert;
  const startsAt = wire.startsAt as string;
  const start = readInstant(startsAt)!;
  const identity = labelIdentity(cluster_id, wire.labels as Record<string, string>);
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
    ends_at_ms: typeof wire.endsAt === 'string' && wire.endsAt !== ZERO_TIME ? readInstant(wire.endsAt)!.ms : null,
    generator_url: textOrNull(wire.generatorURL),
    fingerprint: textOrNull(wire.fingerprint),
    episode_key: sha256Hex(identity + lengthPrefixed(start.exact)),
    label_hash: sha256Hex(identity),
    truncated: labels.truncated || annotations.truncated,
  };
}

/** Each part carries its length, so no label can be written that reads like two, or like another cluster. */
function labelIdentity(clusterId: string, labels: Record<string, string>): string {
  let text = lengthPrefixed(clusterId);
  for (const name of Object.keys(labels).sort()) text += lengthPrefixed(name) + lengthPrefixed(labels[name]!);
  return text;
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
