import { parseDuration } from '../../durations';

const PART = /(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)/y;

/** Why Go's `time.ParseDuration` refuses a text, or null. Negative ones are durations as well. */
export function goDurationFault(text: string): string | null {
  const fault = 'must be a duration such as 30s or 1h30m';
  const unsigned = text.replace(/^[-+]/, '');
  if (unsigned === '0') return null;
  if (unsigned === '') return fault;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const at = PART.lastIndex;
    if (!PART.test(unsigned)) {
      PART.lastIndex = at;
      return fault;
    }
  }
  return null;
}

/** Why Prometheus' grammar for durations, which Alertmanager uses for most, refuses a text, or null. */
export function prometheusDurationFault(text: string): string | null {
  return parseDuration(text) === null ? 'must be a duration such as 30s, 5m or 4h' : null;
}
