import { ValidateBy, type ValidationOptions } from 'class-validator';

const UNITS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/gy;

/**
 * Milliseconds of a duration written as in Go, with `d` for days besides: `300ms`, `30s`, `1h30m`, `1.5h`, `0`.
 * `undefined` when the text is not one, so the caller can name the setting in its message.
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  let end = 0;
  for (const match of text.matchAll(PART)) {
    total += Number(match[1]) * (UNITS.get(match[2] ?? '') ?? 0);
    end = match.index + match[0].length;
  }
  if (end === 0 || end !== text.length || !Number.isFinite(total)) return undefined;
  return Math.round(total);
}

/** The shortest exact writing of a number of milliseconds: 90000 → `1m30s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0';
  let rest = ms;
  let text = '';
  for (const [unit, size] of [...UNITS].reverse()) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** A duration setting's allowed range, written as durations so that messages read as the operator writes. */
export function DurationBetween(min: string, max: string, options?: ValidationOptions): PropertyDecorator {
  const [minMs, maxMs] = [parseDuration(min), parseDuration(max)];
  if (minMs === undefined || maxMs === undefined) throw new Error(`DurationBetween(${min}, ${max}) is not a range`);
  return ValidateBy(
    {
      name: 'durationBetween',
      validator: {
        validate: (value) => typeof value === 'number' && value >= minMs && value <= maxMs,
        defaultMessage: () => `must be between ${min} and ${max}`,
      },
    },
    options,
  );
}
