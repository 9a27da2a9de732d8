const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/** A week from Monday 00:00 UTC to the next. */
export interface IsoWeek {
  /** Such as `2026-W48`. */
  name: string;
  from: Date;
  to: Date;
}

/** The week of a name; null when that year has no such week. */
export function weekNamed(name: string): IsoWeek | null {
  const match = /^(\d{4})-W(\d{2})$/.exec(name);
  if (!match) return null;
  const [year, number] = [Number(match[1]), Number(match[2])];
  // The fourth of January is always in the first week.
  const first = mondayBefore(Date.UTC(year, 0, 4));
  const week = weekFrom(first + (number - 1) * WEEK_MS);
  return number >= 1 && week.name === name ? week : null;
}

/** The last week that is over at `now`. */
export const lastWholeWeek = (now: Date): IsoWeek => weekFrom(mondayBefore(now.getTime()) - WEEK_MS);

function weekFrom(monday: number): IsoWeek {
  // A week belongs to the year of its Thursday.
  const year = new Date(monday + 3 * DAY_MS).getUTCFullYear();
  const number = Math.round((monday - mondayBefore(Date.UTC(year, 0, 4))) / WEEK_MS) + 1;
  const name = `${year}-W${String(number).padStart(2, '0')}`;
  return { name, from: new Date(monday), to: new Date(monday + WEEK_MS) };
}

function mondayBefore(ms: number): number {
  const day = Math.floor(ms / DAY_MS);
  // The first of January 1970 was a Thursday.
  return (day - ((((day + 3) % 7) + 7) % 7)) * DAY_MS;
}
