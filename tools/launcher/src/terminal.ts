const WIDTH = 14;

/** Fields every line of ours has; the terminal shows the rest. */
const HIDDEN = new Set([
  'level',
  'time',
  'service',
  'message',
  'component',
  'timestamp',
  'version',
  'environment',
  'correlation_id',
  'trace_id',
  'span_id',
  'msg',
]);

/** Writes one line of a process, with its name in front. JSON log lines are shown as text. */
export function showLine(source: string, line: string): void {
  process.stdout.write(`${source.padEnd(WIDTH)}| ${readable(line)}\n`);
}

/** Writes a line of the launcher itself. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A step of the loop that was seen to happen. */
export function check(text: string): void {
  say(`  ✔ ${text}`);
}

/** A JSON log line as text: level, message, fields. Anything else as it is. */
export function readable(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    const fields = Object.entries(entry)
      .filter(([name, value]) => !HIDDEN.has(name) && value !== undefined)
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    const text = [String(entry['level'] ?? '').padEnd(5), String(entry['message'] ?? ''), ...fields].join(' ');
    return visible(text.slice(0, 2000));
  } catch {
    return line;
  }
}

/** A value that somebody sent must not look like a line of its own, nor change what the terminal shows. */
function visible(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029]/gu,
    (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
  );
}
