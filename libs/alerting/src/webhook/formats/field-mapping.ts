/** How a time is written in a source's messages. */
export const TIME_FORMATS = ['rfc3339', 'date_time', 'epoch_s', 'epoch_ms'] as const;

/**
 * `rfc3339` with a zone; `date_time` as `2025-03-04 11:01:41`, in UTC unless an offset follows; `epoch_s` and `epoch_ms` as numbers or
 * digits, `epoch_s` with a fraction if need be.
 */
export type TimeFormat = (typeof TIME_FORMATS)[number];

/** Where a value comes from: a path into the message, or a text that is always the same. */
export interface FieldSource {
  /** JSON pointer (`/event/title`) or dotted (`event.title`, `tags[0]`), within the alert; `$root` at its front leaves it. */
  path?: string;
  /** The value itself, instead of a path. */
  value?: string;
  /** What to write for which text found there; others are taken as they are. */
  map?: Record<string, string>;
  /** Taken when nothing is found there. */
  default?: string;
  /** Without a value there the alert is set aside, instead of going without this label. */
  required?: boolean;
}

/** Many labels or annotations at once. */
export interface PairsSource {
  /**
   * Leads to an object, a list of two-element lists, a list of `{key or name, value}`, or a text of pairs such as `env:prod,team:a`.
   */
  path: string;
  /** Put in front of each name. */
  prefix?: string;
  /** Only these names are taken; all without it. */
  only?: string[];
}

/** Which message ends an alert. */
export interface StatusSource {
  path: string;
  /** Values that mean resolved, compared as text. */
  resolved: string[];
  /** Values that mean firing. Without them everything else does; with them anything else is set aside. */
  firing?: string[];
}

/** Where a time comes from. */
export interface TimeSource {
  path: string;
  format: TimeFormat;
}

/**
 * How the messages of a source become alerts. The labels are an alert's identity: what changes from one message to the next of the
 * same trouble (values, texts, times) belongs into annotations.
 */
export interface FieldMapping {
  /** Path of the list of alerts; without it the message is one alert, or a list of them. */
  list?: string;
  /** Without it every message says firing. */
  status?: StatusSource;
  labels: Record<string, FieldSource>;
  label_pairs?: PairsSource[];
  annotations?: Record<string, FieldSource>;
  annotation_pairs?: PairsSource[];
  /** Without it an alert begins when it is first received, and repetitions belong to it until it is resolved. */
  starts_at?: TimeSource;
  ends_at?: TimeSource;
  generator_url?: FieldSource;
}
