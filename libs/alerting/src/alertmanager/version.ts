/**
 * The second number of Alertmanager's version, which is where its configuration language changes: `0.28.1` is 28.
 * Null for text that is no version. From 1.0 on everything that is known here counts as supported.
 */
export function alertmanagerMinor(version: string): number | null {
  const match = /^v?(\d{1,4})\.(\d{1,4})(?:\.\d+)?(?:[-+~].*)?$/.exec(version);
  if (!match) return null;
  return Number(match[1]) > 0 ? Number.MAX_SAFE_INTEGER : Number(match[2]);
}

/** The oldest version whose rules are known; older ones are judged like it. */
export const OLDEST_MINOR = 25;

/** From here on names of labels may be any text, and there is a second notation for matchers. */
export const UTF8_SINCE = 27;
/** The same in `equal` of inhibition rules, which was forgotten at first. */
export const UTF8_EQUAL_SINCE = 28;

/** What is assumed of an Alertmanager that has not told its version: what it gets must load in the oldest and in the newest. */
export const ASSUMED_VERSIONS: readonly string[] = ['0.25.0', '0.34.0'];
