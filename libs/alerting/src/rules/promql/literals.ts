import { RE2JS } from 're2js';
import { excerpt } from '../../problems';

/** Prometheus keeps durations as signed 64-bit nanoseconds. */
const LONGEST_MS = 9_223_372_036_854;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const UNITS_MS = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1000, 1];
const UNDERSCORED = /^[0-9a-fA-FxX.eE+-]+(?:_[0-9a-fA-FxX.eE+-]+)*$/;
const FLOAT = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/;
const LARGEST_INTEGER = 2n ** 63n - 1n;

/** Milliseconds of a duration of an expression (`1h30m`); null for what is none or is too long. */
export function readDuration(text: string): number | null {
  const match = text === '' ? null : DURATION.exec(text);
  if (!match) return null;
  const ms = UNITS_MS.reduce((total, unit, index) => total + Number(match[index + 1] ?? 0) * unit, 0);
  return ms <= LONGEST_MS ? ms : null;
}

/** The value of a number as Go's `strconv` reads it; null for what it refuses. */
export function readNumber(text: string): number | null {
  if (/^inf$/i.test(text)) return Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const digits = text.replaceAll('_', '');
  if (digits !== text && !UNDERSCORED.test(text)) return null;
  if (INTEGER.test(digits)) {
    const octal = /^0[0-7]+$/.test(digits);
    const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
    if (value <= LARGEST_INTEGER) return Number(value);
  }
  if (!FLOAT.test(digits)) return null;
  const value = Number(digits);
  return Number.isFinite(value) ? value : null;
}

/** A regular expression of a matcher, anchored; or why Go's `regexp` refuses it. */
export function compileMatcher(pattern: string): { matches: (text: string) => boolean } | { fault: string } {
  if (pattern.includes('\ufffd')) return { fault: 'it is not UTF-8' };
  try {
    // Alone and anchored, as Prometheus does: `a)(b` only compiles with something around it.
    RE2JS.compile(pattern);
    const compiled = RE2JS.compile(`^(?:${pattern})$`);
    return { matches: (text) => compiled.matches(text) };
  } catch (error) {
    return { fault: excerpt(error instanceof Error ? error.message : 'it cannot be compiled') };
  }
}
