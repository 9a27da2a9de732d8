import type { FieldMapping } from './formats/field-mapping';
import { parsePath } from './formats/value-path';
import { endOfValue, findValue, itemsOf } from './json-text';

/** What surrounds a mapped alert is kept with it up to this many characters: values may be mapped from there. */
const LONGEST_SURROUNDINGS = 16 * 1024;

/**
 * The JSON texts of a stored body's alerts as they were sent, by their place. Parsing and writing them again would change what must be
 * kept as evidence (numbers, duplicate keys, nesting that no serialiser survives). Of a mapped message each comes with what surrounds
 * the list, so that it can be read alone. The body must be valid JSON.
 */
export function alertTexts(tag: string | null, body: string, mapping?: FieldMapping | null): string[] {
  const [format] = (tag ?? 'alertmanager').split('/', 1);
  const steps = format === 'prometheus' ? [] : format === 'mapped' ? listSteps(mapping) : ['alerts'];
  const start = findValue(body, steps);
  if (start === null || body[start] !== '[') return format === 'mapped' && steps.length === 0 ? [body.trim()] : [];
  const items = itemsOf(body, start);
  if (format !== 'mapped') return items;
  const before = body.slice(0, start);
  const after = body.slice(endOfValue(body, start) + 1);
  if (before.length + after.length <= LONGEST_SURROUNDINGS) return items.map((item) => `${before}[${item}]${after}`);
  return items.map((item) => wrapped(item, steps));
}

/** A body of this format that holds one alert only, given the text that {@link alertTexts} kept of it. */
export function bodyOfOne(tag: string | null, text: string): string {
  const [format] = (tag ?? 'alertmanager').split('/', 1);
  if (format === 'mapped') return text;
  if (format === 'prometheus') return `[${text}]`;
  return format === 'grafana' ? `{"orgId":0,"alerts":[${text}]}` : `{"version":"4","alerts":[${text}]}`;
}

function listSteps(mapping: FieldMapping | null | undefined): readonly string[] {
  return mapping?.list === undefined ? [] : (parsePath(mapping.list)?.steps ?? []);
}

function wrapped(item: string, steps: readonly string[]): string {
  return steps.reduceRight((inner, step) => `{${JSON.stringify(step)}:${inner}}`, `[${item}]`);
}
