import { eventsOf } from '@alertagent/contracts';
import type { StoredEvent } from '@alertagent/service-kit';

/** Every kind of event on the live stream: the last word of the subjects of all facts that the gateway tells. */
export const LIVE_KINDS: readonly string[] = eventsOf('gateway')
  .map(({ subject }) => lastWord(subject))
  .sort();

/** An event of the stream with what filters ask about. */
export interface LiveEvent {
  seq: number;
  /** Epoch milliseconds. */
  storedAt: number;
  /** One of `LIVE_KINDS`; null for what cannot be shown, which only has its number. */
  kind: string | null;
  clusters: readonly string[];
  severities: readonly string[];
  /** It may tell about alerts that it does not name. */
  isPartial: boolean;
  /** The payload as one line of JSON. */
  data: string;
}

/** Reads a stored fact for the live stream. */
export function liveEvent({ seq, storedAt, subject, text }: StoredEvent): LiveEvent {
  const kind = LIVE_KINDS.find((each) => subject.split('.').at(-2) === each) ?? null;
  const payload = kind === null || text === null ? null : objectOf(text);
  if (kind === null || text === null || payload === null)
    return { seq, storedAt, kind: null, clusters: [], severities: [], isPartial: false, data: '' };
  const parts = [payload, payload['alert'], ...listOf(payload['alerts']), ...listOf(payload['clusters'])];
  return {
    seq,
    storedAt,
    kind,
    clusters: textsOf(parts, 'cluster_id'),
    severities: textsOf(parts, 'severity'),
    isPartial: typeof payload['more'] === 'number' && payload['more'] > 0,
    // A line break outside of strings is white space in JSON, and would end the line of an event stream.
    data: text.replaceAll(/[\r\n]+/g, ' '),
  };
}

function lastWord(subject: string): string {
  return subject.slice(subject.lastIndexOf('.') + 1);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The different texts of one field in several objects. */
function textsOf(objects: readonly unknown[], field: string): string[] {
  const values = objects.map((value) => (isObject(value) ? value[field] : null));
  return [...new Set(values.filter((value): value is string => typeof value === 'string'))];
}
