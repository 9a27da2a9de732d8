const PROMETHEUS_DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const PROMETHEUS_UNITS: readonly { name: string; ms: number; onlyWhenExact: boolean }[] = [
  { name: 'y', ms: 365 * DAY, onlyWhenExact: true },
  { name: 'w', ms: 7 * DAY, onlyWhenExact: true },
  { name: 'd', ms: DAY, onlyWhenExact: false },
  { name: 'h', ms: HOUR, onlyWhenExact: false },
  { name: 'm', ms: MINUTE, onlyWhenExact: false },
  { name: 's', ms: SECOND, onlyWhenExact: false },
  { name: 'ms', ms: 1, onlyWhenExact: false },
];

/** Prometheus keeps durations as signed 64-bit nanoseconds and refuses what does not fit, about 292 years. */
const LONGEST_MS = 9_223_372_036_854;

/**
 * Reads a duration as Prometheus writes it in rule files (`5m`, `1h30m`, `1d`, `0`) into milliseconds.
 * Answers null for anything Prometheus would refuse, fractions, spaces and bare numbers included.
 */
export function parseDuration(text: string): number | null {
  if (text === '0') return 0;
  if (text === '') return null;
  const match = PROMETHEUS_DURATION.exec(text);
  if (!match) return null;
  let total = 0;
  PROMETHEUS_UNITS.forEach((unit, index) => {
    total += Number(match[index + 1] ?? 0) * unit.ms;
  });
  return total <= LONGEST_MS ? total : null;
}

/** Writes milliseconds as Prometheus prints them: `90000` is `1m30s`, `0` is `0s`. Expects a whole, non-negative number. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const unit of PROMETHEUS_UNITS) {
    if (unit.onlyWhenExact && rest % unit.ms !== 0) continue;
    const count = Math.floor(rest / unit.ms);
    if (count === 0) continue;
    text += `${count}${unit.name}`;
    rest -= count * unit.ms;
  }
  return text;
}

const GO_PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;
const GO_UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

/**
 * Reads a Go duration (`30s`, `1h30m`, `1.5h`, `250ms`) into milliseconds; used for settings, where the original
 * tools use Go's grammar. Negative durations have no meaning in our settings and answer null, like anything unreadable.
 */
export function parseGoDuration(text: string): number | null {
  if (text === '0') return 0;
  if (text === '') return null;
  let total = 0;
  let at = 0;
  while (at < text.length) {
    GO_PART.lastIndex = at;
    const part = GO_PART.exec(text);
    if (!part) return null;
    total += Number(part[1]) * GO_UNIT_MS[part[2]!]!;
    at = GO_PART.lastIndex;
  }
  return total <= LONGEST_MS ? total : null;
}
