import { readInstant } from '../instant';
import type { TimeFormat } from './field-mapping';

const DATE_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d+)?(?: ?(Z|UTC|[+-]\d\d:?\d\d))?(?: [A-Z]{1,5})?$/;
const LAST_MS = Date.UTC(10_000, 0) - 1;

/** A time of a source's message as RFC 3339, to the nanosecond where it has them; null when it is not written as the mapping says. */
export function rfc3339Of(value: unknown, format: TimeFormat): string | null {
  if (format === 'epoch_s') return epochTime(value, 1000);
  if (format === 'epoch_ms') return epochTime(value, 1);
  if (typeof value !== 'string') return null;
  const text = format === 'date_time' ? fromDateTime(value) : value;
  return text !== null && readInstant(text) !== null ? text : null;
}

function epochTime(value: unknown, factor: number): string | null {
  const isText = typeof value === 'string' && /^\d{1,16}(\.\d{1,9})?$/.test(value);
  if (typeof value !== 'number' && !isText) return null;
  const ms = Math.round(Number(value) * factor);
  return ms >= 0 && ms <= LAST_MS ? new Date(ms).toISOString() : null;
}

function fromDateTime(value: string): string | null {
  const match = DATE_TIME.exec(value);
  if (!match) return null;
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const offset = zone === 'UTC' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  return `${date}T${time}${fraction}${offset}`;
}
