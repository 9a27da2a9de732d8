/** The code of a system error (`ENOENT`, `EEXIST`, …), null for anything else. */
export function errorCode(error: unknown): string | null {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : null;
}

/** The message of whatever was thrown, short enough for a log line or a report. */
export function errorText(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : null;
  return typeof message === 'string' ? message.slice(0, 200) : 'unknown';
}
