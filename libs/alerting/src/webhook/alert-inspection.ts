import { excerpt } from '../problems';
import { isInstant, ZERO_TIME } from './instant';

/** Why one alert of a webhook body was set aside. Closed list: it is stored, counted and shown. */
export type QuarantineCode =
  | 'not_an_object'
  | 'bad_status'
  | 'bad_labels'
  | 'too_many_labels'
  | 'empty_labels'
  | 'bad_annotations'
  | 'bad_time'
  | 'control_character'
  | 'not_unicode'
  | 'too_deep'
  | 'missing_field';

/** What is wrong with one alert; `path` leads from the alert to the value. */
export interface AlertFault {
  code: QuarantineCode;
  path: string[];
  detail: string;
}

/** The fields of an Alertmanager alert that we read, before their values have been checked. */
export interface WireAlert {
  status?: unknown;
  labels?: unknown;
  annotations?: unknown;
  startsAt?: unknown;
  endsAt?: unknown;
  generatorURL?: unknown;
  fingerprint?: unknown;
}

/** An alert may carry this many labels; Prometheus' own alerts have about ten. */
const MOST_LABELS = 64;

/** MariaDB stops recognising JSON that is nested 32 deep; a genuine alert is nested 2 deep. */
const DEEPEST_NESTING = 16;

/**
 * The only ways in which a JSON text, itself valid UTF-8, can spell a control character (tab and line ends aside) or half a surrogate
 * pair. `\u003c` and its like, which Go writes for `<`, `>` and `&`, are none of them.
 */
const ODD_ESCAPE = /\\(?:[bf]|u(?:00[01]|[dD][89a-fA-F]))/;

/** C0 controls; in values without tab and line ends, which are ordinary in descriptions. */
const CONTROL_IN_VALUE = new RegExp('[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]');
const CONTROL_IN_NAME = new RegExp('[\\u0000-\\u001f]');

/**
 * Whether no string within this JSON text can hold a control character or half a surrogate pair; line ends and tabs may be there.
 * One look at the whole text spares one at each label: most of what the examination of an alert would cost.
 */
export function hasCleanTexts(json: string): boolean {
  return !ODD_ESCAPE.test(json);
}

/**
 * Examines one alert as received and answers the first thing that makes it unusable, or null. `texts` is `clean` when
 * {@link hasCleanTexts} said so of the body. Runs for each alert before the webhook is acknowledged: no allocation on the good path.
 */
export function inspectAlert(alert: unknown, texts: Texts = 'unchecked'): AlertFault | null {
  if (!isObject(alert)) {
    return tooDeep(alert, []) ?? fault('not_an_object', [], 'an alert must be a JSON object');
  }
  const wire: WireAlert = alert;
  if (wire.status !== 'firing' && wire.status !== 'resolved') {
    return tooDeep(wire.status, ['status']) ?? fault('bad_status', ['status'], 'status must be "firing" or "resolved"');
  }
  return (
    inspectLabels(wire.labels, texts) ??
    inspectAnnotations(wire.annotations, texts) ??
    inspectTimes(wire) ??
    inspectOptionalText(wire.generatorURL, 'generatorURL', texts) ??
    inspectOptionalText(wire.fingerprint, 'fingerprint', texts) ??
    inspectNesting(alert)
  );
}

type Texts = 'unchecked' | 'clean';

function inspectLabels(labels: unknown, texts: Texts): AlertFault | null {
  if (!isObject(labels)) {
    return tooDeep(labels, ['labels']) ?? fault('bad_labels', ['labels'], 'labels must be an object of strings');
  }
  const names = Object.keys(labels);
  if (names.length > MOST_LABELS) {
    return fault('too_many_labels', ['labels'], `${names.length} labels, at most ${MOST_LABELS} are taken`);
  }
  let anyValue = false;
  for (const name of names) {
    const value = labels[name];
    if (name === '') return fault('bad_labels', ['labels', name], 'a label name must not be empty');
    if (typeof value !== 'string') {
      return (
        tooDeep(value, ['labels', name]) ?? fault('bad_labels', ['labels', name], 'a label value must be a string')
      );
    }
    const badText = inspectPair('labels', name, value, texts);
    if (badText) return badText;
    if (value !== '') anyValue = true;
  }
  return anyValue ? null : fault('empty_labels', ['labels'], 'an alert needs at least one label with a value');
}

function inspectAnnotations(annotations: unknown, texts: Texts): AlertFault | null {
  if (annotations === undefined || annotations === null) return null;
  if (!isObject(annotations)) {
    return (
      tooDeep(annotations, ['annotations']) ??
      fault('bad_annotations', ['annotations'], 'annotations must be an object of strings')
    );
  }
  for (const name of Object.keys(annotations)) {
    const value = annotations[name];
    if (typeof value !== 'string') {
      return (
        tooDeep(value, ['annotations', name]) ??
        fault('bad_annotations', ['annotations', name], 'an annotation value must be a string')
      );
    }
    const badText = inspectPair('annotations', name, value, texts);
    if (badText) return badText;
  }
  return null;
}

function inspectTimes(wire: WireAlert): AlertFault | null {
  if (typeof wire.startsAt !== 'string' || !isInstant(wire.startsAt)) {
    return badTime('startsAt', wire.startsAt);
  }
  if (wire.endsAt === undefined || wire.endsAt === null || wire.endsAt === ZERO_TIME) return null;
  if (typeof wire.endsAt !== 'string' || !isInstant(wire.endsAt)) return badTime('endsAt', wire.endsAt);
  return null;
}

function badTime(field: string, value: unknown): AlertFault {
  const seen = typeof value === 'string' ? `"${excerpt(value)}"` : value === undefined ? 'nothing' : 'no string';
  const detail = `${field} must be an RFC 3339 time with a zone between 1970 and 9999, found ${seen}`;
  return tooDeep(value, [field]) ?? fault('bad_time', [field], detail);
}

function inspectOptionalText(value: unknown, field: string, texts: Texts): AlertFault | null {
  if (typeof value !== 'string' || texts === 'clean') return null;
  if (!value.isWellFormed()) return fault('not_unicode', [field], 'the text holds half of a surrogate pair');
  if (CONTROL_IN_VALUE.test(value)) return fault('control_character', [field], 'the text holds a control character');
  return null;
}

function inspectPair(field: string, name: string, value: string, texts: Texts): AlertFault | null {
  // A tab or a line end is no fault in a value, so a clean text says nothing about those in names.
  if (texts === 'clean' && !CONTROL_IN_NAME.test(name)) return null;
  if (!name.isWellFormed() || !value.isWellFormed()) {
    return fault('not_unicode', [field, name], 'the text holds half of a surrogate pair');
  }
  if (CONTROL_IN_NAME.test(name) || CONTROL_IN_VALUE.test(value)) {
    return fault('control_character', [field, name], 'the text holds a control character');
  }
  return null;
}

/** Fields that we do not read are ignored, unless they are nested so deeply that storing the body would be a trap. */
function inspectNesting(alert: Record<string, unknown>): AlertFault | null {
  for (const name of Object.keys(alert)) {
    const value = alert[name];
    if (typeof value !== 'object' || value === null || name === 'labels' || name === 'annotations') continue;
    const deep = tooDeep(value, [name]);
    if (deep) return deep;
  }
  return null;
}

/** Whether a parsed value is nested so deeply that it must not be written out again. */
export function isTooDeep(value: unknown): boolean {
  return tooDeep(value, []) !== null;
}

/** Walks level by level, without recursion: the text may be nested 50,000 deep. */
function tooDeep(value: unknown, path: string[]): AlertFault | null {
  let level: unknown[] = [value];
  for (let depth = path.length; depth <= DEEPEST_NESTING; depth++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (typeof item === 'object' && item !== null) for (const child of Object.values(item)) next.push(child);
    }
    if (next.length === 0) return null;
    level = next;
  }
  return fault('too_deep', path, `nested more than ${DEEPEST_NESTING} levels deep`);
}

function fault(code: QuarantineCode, path: string[], detail: string): AlertFault {
  // A pointer names the place; a name of 16 MB, or one that is no text, must not travel back with it.
  return { code, path: path.map((segment) => excerpt(segment)), detail };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
