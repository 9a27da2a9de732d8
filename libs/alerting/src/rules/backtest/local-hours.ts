/** A moment in a time zone. */
export interface LocalHour {
  /** `2030-01-31`. */
  date: string;
  /** 0 is Monday. */
  weekday: number;
  hour: number;
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** Clocks differ by whole quarters of an hour everywhere. */
const QUARTER_MS = 15 * 60_000;

/** Tells days and hours in an IANA time zone; null for one that does not exist. */
export function localHours(timeZone: string): ((at: number) => LocalHour) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
    });
  } catch {
    return null;
  }
  const known = new Map<number, LocalHour>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    let hour = known.get(quarter);
    if (!hour) {
      const parts = new Map(format.formatToParts(quarter * QUARTER_MS).map(({ type, value }) => [type, value]));
      hour = {
        date: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
        weekday: WEEKDAYS.indexOf(parts.get('weekday')!),
        hour: Number(parts.get('hour')),
      };
      known.set(quarter, hour);
    }
    return hour;
  };
}
