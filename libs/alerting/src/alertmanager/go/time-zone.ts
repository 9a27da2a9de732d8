import { excerpt } from '../../problems';
import { LEGACY_TIME_ZONES } from './legacy-time-zones';

const LISTED: ReadonlySet<string> = new Set(Intl.supportedValuesOf('timeZone'));

/**
 * Why Go does not find a time zone, or null. Go looks for a file of that name, so that upper and lower case count;
 * "" is UTC and "Local" the target's own zone.
 */
export function timeZoneFault(name: string): string | null {
  if (name === '' || name === 'UTC' || name === 'Local') return null;
  if (LISTED.has(name) || LEGACY_TIME_ZONES.has(name)) return null;
  return `"${excerpt(name)}" is no time zone; use a name such as Europe/Berlin, exactly as it is written, or UTC`;
}
