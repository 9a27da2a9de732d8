const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a duration as Go programs write it (`30s`, `1m30s`, `500ms`) and returns milliseconds.
 * Returns null for anything else, also for a bare number: a unit left out is a mistake, not a default.
 */
export function parseGoDuration(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return null;
  let total = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    total += Number(amount) * (UNITS_MS[unit] ?? 0);
  }
  return Math.round(total);
}

/** Writes milliseconds back in a form that every reader of Go durations accepts (`30s`, `1500ms`). */
export function formatGoDuration(ms: number): string {
  return ms % 1_000 === 0 ? `${ms / 1_000}s` : `${Math.round(ms)}ms`;
}
