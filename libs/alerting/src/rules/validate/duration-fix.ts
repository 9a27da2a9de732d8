const UNITS: Readonly<Record<string, string>> = {
  ms: 'ms',
  millisecond: 'ms',
  s: 's',
  sec: 's',
  second: 's',
  m: 'm',
  min: 'm',
  mn: 'm',
  minute: 'm',
  h: 'h',
  hr: 'h',
  hour: 'h',
  d: 'd',
  day: 'd',
  w: 'w',
  week: 'w',
  y: 'y',
  year: 'y',
};
const SPOKEN = /^(\d+)\s*([a-z]+?)s?$/i;

/** The duration that was probably meant by a text such as `5 minutes`, `90sec`, `1.5h` or `300`; null when nobody can tell. */
export function durationFix(text: string): string | null {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return `${trimmed}s`;
  const half = /^(\d+)\.5\s*h$/i.exec(trimmed);
  if (half) return `${half[1] === '0' ? '' : `${half[1]}h`}30m`;
  const spoken = SPOKEN.exec(trimmed);
  const word = spoken?.[2]?.toLowerCase() ?? '';
  const unit = Object.hasOwn(UNITS, word) ? UNITS[word] : undefined;
  return spoken && unit ? `${spoken[1]}${unit}` : null;
}
