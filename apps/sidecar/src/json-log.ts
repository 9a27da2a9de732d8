/** What a log line may carry beside its message. Values must never be tokens, keys or file contents. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

/** Levels in use: `error` needs a person, `warn` heals by itself, `info` is a step of life. */
export type LogLevel = 'info' | 'warn' | 'error';

/** The part of the log that the rest of the program sees. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

/** A log that writes one JSON object per line; `fixed` is added to every line. */
export function jsonLog(write: (line: string) => void, fixed: LogFields, now: () => Date = () => new Date()): Log {
  return (level, message, fields = {}) => {
    write(
      `${JSON.stringify({ time: now().toISOString(), level, component: 'sidecar', message, ...fixed, ...fields })}\n`,
    );
  };
}
