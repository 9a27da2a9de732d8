/** The steps of a path into a message. */
export interface ValuePath {
  steps: readonly string[];
  /** From the whole message instead of from the alert. */
  fromRoot: boolean;
}

const ROOT = '$root';
const MOST_STEPS = 32;
const LONGEST_PATH = 500;
/** A text longer than this is not looked into. */
const LONGEST_INNER_JSON = 256 * 1024;

/** Reads a JSON pointer or a dotted path; null for neither. `$root` alone, and an empty path, mean the whole. */
export function parsePath(text: string): ValuePath | null {
  if (text.length > LONGEST_PATH) return null;
  const fromRoot = text === ROOT || text.startsWith(`${ROOT}/`) || text.startsWith(`${ROOT}.`);
  const rest = fromRoot ? text.slice(ROOT.length).replace(/^\./, '') : text;
  const steps = rest === '' ? [] : rest.startsWith('/') ? pointerSteps(rest) : dottedSteps(rest);
  return steps === null || steps.length > MOST_STEPS ? null : { steps, fromRoot };
}

function pointerSteps(pointer: string): string[] | null {
  const steps = pointer.slice(1).split('/');
  // A tilde stands only in front of 0 or 1.
  if (steps.some((step) => /~(?![01])/.test(step))) return null;
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function dottedSteps(text: string): string[] | null {
  const steps: string[] = [];
  for (const part of text.split('.')) {
    const match = /^([^[\]]*)((?:\[\d{1,5}\])*)$/.exec(part);
    if (!match || (match[1] === '' && (match[2] === '' || steps.length > 0))) return null;
    if (match[1] !== '') steps.push(match[1]!);
    for (const [, index] of match[2]!.matchAll(/\[(\d+)\]/g)) steps.push(index!);
  }
  return steps;
}

/**
 * The value a path leads to; undefined where it leads nowhere. A step into a text reads the text as JSON: some senders wrap their
 * message in another one as a string.
 */
export function valueAt(start: unknown, steps: readonly string[]): unknown {
  let value = start;
  for (const step of steps) {
    if (typeof value === 'string') value = innerJson(value);
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function innerJson(text: string): unknown {
  if (text.length > LONGEST_INNER_JSON) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
