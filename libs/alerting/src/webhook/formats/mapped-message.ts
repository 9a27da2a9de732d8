import type { QuarantineCode } from '../alert-inspection';
import { isTooDeep } from '../alert-inspection';
import { bareGroup, refused, sortAlerts, type ParsedWebhook, type Reading } from '../parsed-webhook';
import { START_ASSUMED } from '../start-assumed';
import { pointerTo } from '../../problems';
import type { FieldMapping, FieldSource, PairsSource, StatusSource, TimeSource } from './field-mapping';
import { pairsOf } from './label-pairs';
import { rfc3339Of } from './mapped-time';
import { parsePath, valueAt } from './value-path';

/** The message an alert is taken from, and the alert's own part of it. */
interface Scope {
  root: unknown;
  item: unknown;
}

/** Thrown and caught within this file: the item cannot be read. */
class Unreadable extends Error {
  constructor(
    readonly code: QuarantineCode,
    readonly at: string,
    detail: string,
  ) {
    super(detail);
  }
}

/**
 * Reads a message of any JSON shape by a checked mapping. `receivedAt` (epoch milliseconds) becomes the start of alerts whose mapping
 * names none. An item that lacks what the mapping requires is set aside; the others are taken.
 */
export function readMappedMessage(body: unknown, mapping: FieldMapping, receivedAt: number): ParsedWebhook {
  if (typeof body !== 'object' || body === null) {
    return refused('', 'not_an_object', 'the body must be a JSON object or a list of them');
  }
  const steps = mapping.list === undefined ? [] : (parsePath(mapping.list)?.steps ?? []);
  const list = listAt(body, steps);
  const read = (item: unknown): Reading => readItem({ root: body, item }, mapping, receivedAt);
  if (Array.isArray(list)) return sortAlerts(list, bareGroup(), { at: steps, read });
  if (mapping.list === undefined) return sortAlerts([body], bareGroup(), { at: [], isSingle: true, read });
  return refused(pointerTo(...steps), 'not_an_array', 'the mapping expects the list of alerts here');
}

/** Unlike other values the list is not looked for within texts: its items must be found in the stored body again. */
function listAt(body: unknown, steps: readonly string[]): unknown {
  let value = body;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function readItem(scope: Scope, mapping: FieldMapping, receivedAt: number): Reading {
  try {
    const status = mapping.status === undefined ? 'firing' : statusOf(scope, mapping.status);
    const started = timeOf(scope, mapping.starts_at, 'startsAt');
    return {
      alert: {
        status,
        labels: fieldsOf(scope, mapping.labels, mapping.label_pairs, 'labels'),
        annotations: fieldsOf(scope, mapping.annotations ?? {}, mapping.annotation_pairs, 'annotations'),
        startsAt: started ?? new Date(receivedAt).toISOString(),
        endsAt: status === 'resolved' ? timeOf(scope, mapping.ends_at, 'endsAt') : undefined,
        generatorURL: mapping.generator_url && textOf(scope, mapping.generator_url, 'annotations'),
        ...(started === undefined ? { [START_ASSUMED]: true } : {}),
      },
    };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const path = parsePath(error.at);
    const fault = { code: error.code, path: [...(path?.steps ?? [])], detail: error.message };
    return { fault, fromRoot: path?.fromRoot === true };
  }
}

function statusOf(scope: Scope, source: StatusSource): 'firing' | 'resolved' {
  const value = lookUp(scope, source.path);
  const text = typeof value === 'object' || value === undefined ? null : String(value);
  if (text !== null && source.resolved.includes(text)) return 'resolved';
  if (source.firing === undefined || (text !== null && source.firing.includes(text))) return 'firing';
  throw new Unreadable('bad_status', source.path, 'this value means neither firing nor resolved by the mapping');
}

function timeOf(scope: Scope, source: TimeSource | undefined, field: string): string | undefined {
  if (source === undefined) return undefined;
  const value = lookUp(scope, source.path);
  if (value === undefined || value === null || value === '') return undefined;
  const time = rfc3339Of(value, source.format);
  if (time !== null) return time;
  throw new Unreadable(
    'bad_time',
    source.path,
    `${field} is not a time between 1970 and 9999 in the form ${source.format}`,
  );
}

function fieldsOf(
  scope: Scope,
  fields: Record<string, FieldSource>,
  pairs: readonly PairsSource[] | undefined,
  kind: 'labels' | 'annotations',
): Record<string, string> {
  const found: [string, string][] = [];
  for (const { path, prefix = '', only } of pairs ?? []) {
    for (const [name, value] of pairsOf(lookUp(scope, path))) {
      if (only === undefined || only.includes(name)) found.push([prefix + name, value]);
    }
  }
  // Fields that are named come last, and win.
  for (const [name, source] of Object.entries(fields)) {
    const text = textOf(scope, source, kind);
    if (text !== undefined) found.push([name, text]);
  }
  return Object.fromEntries(found);
}

function textOf(scope: Scope, source: FieldSource, kind: 'labels' | 'annotations'): string | undefined {
  if (source.path === undefined) return source.value;
  const value = lookUp(scope, source.path);
  const text = writtenOut(value, source.path, kind);
  if (text === undefined || text === '') {
    if (source.default !== undefined) return source.default;
    if (source.required !== true) return undefined;
    throw new Unreadable('missing_field', source.path, 'the mapping requires a value here');
  }
  return source.map !== undefined && Object.hasOwn(source.map, text) ? source.map[text] : text;
}

function writtenOut(value: unknown, path: string, kind: 'labels' | 'annotations'): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') return String(value);
  if (isTooDeep(value)) throw new Unreadable('too_deep', path, 'nested too deeply to be kept');
  if (kind === 'annotations') return JSON.stringify(value);
  throw new Unreadable('bad_labels', path, 'a label must be a text, a number, true or false');
}

function lookUp({ root, item }: Scope, path: string): unknown {
  const parsed = parsePath(path);
  return parsed === null ? undefined : valueAt(parsed.fromRoot ? root : item, parsed.steps);
}
