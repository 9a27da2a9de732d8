import { parseDuration } from './duration';
import type { SettingType } from './setting';

/** A value that was read, or the sentence that says what was expected. */
export type Read = { value: unknown } | { problem: string };

const EXPECTED: Record<SettingType, string> = {
  text: 'expected a text; put it in quotes',
  integer: 'expected a whole number',
  number: 'expected a number',
  boolean: 'expected true or false',
  duration: 'expected a duration such as "30s", "5m" or "1h30m"',
  list: 'expected a list of texts',
  map: 'expected keys with texts as values; put numbers and true/false in quotes',
};

/** Checks a value from the file; never converts, so that `port: "8080"` is a mistake and not a guess. */
export function readFromFile(type: SettingType, raw: unknown): Read {
  if (raw === null) return { problem: 'has no value; give one or remove the line' };
  const value = fileValue(type, raw);
  return value === undefined ? { problem: EXPECTED[type] } : { value };
}

/** Converts the text of an environment variable. */
export function readFromText(type: SettingType, text: string): Read {
  // A blank at the end of a password is part of it; around a number it is an accident.
  const value = textValue(type, type === 'text' ? text : text.trim());
  return value === undefined ? { problem: EXPECTED[type].replace('; put it in quotes', '') } : { value };
}

function fileValue(type: SettingType, raw: unknown): unknown {
  switch (type) {
    case 'text':
      return typeof raw === 'string' ? raw : undefined;
    case 'integer':
      return Number.isSafeInteger(raw) ? raw : undefined;
    case 'number':
      return typeof raw === 'number' && Number.isFinite(raw) ? raw : undefined;
    case 'boolean':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'duration':
      return typeof raw === 'string' ? parseDuration(raw) : raw === 0 ? 0 : undefined;
    case 'list':
      return Array.isArray(raw) && raw.every((item) => typeof item === 'string') ? raw : undefined;
    case 'map':
      return isTextMap(raw) ? raw : undefined;
  }
}

function textValue(type: SettingType, text: string): unknown {
  switch (type) {
    case 'text':
      return text;
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined;
    case 'duration':
      return parseDuration(text);
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'map':
      return undefined;
  }
}

function isTextMap(raw: unknown): raw is Record<string, string> {
  return (
    raw !== null &&
    typeof raw === 'object' &&
    !Array.isArray(raw) &&
    Object.entries(raw).every(([key, value]) => typeof value === 'string' && key !== '__proto__')
  );
}
