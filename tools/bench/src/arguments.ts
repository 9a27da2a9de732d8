import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Bench } from './bench';

/** What the command line asks for. */
export interface BenchArguments {
  benches: readonly Bench[];
  /** File for the figures as JSON. */
  json: string | undefined;
  seconds: number | undefined;
  profileDir: string | undefined;
}

/** A wrong command line; the message says what is wrong. */
export class UsageError extends Error {}

/** Reads the command line; null when help was asked for. Throws `UsageError`. */
export function readArguments(args: string[], known: readonly Bench[]): BenchArguments | null {
  const { values, positionals } = parsed(args);
  if (values.help) return null;
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
  if (seconds !== undefined && !(seconds >= 1 && seconds <= 600))
    throw new UsageError('--seconds must be between 1 and 600');
  const benches = positionals.map((name) => {
    const bench = known.find((candidate) => candidate.name === name);
    if (!bench)
      throw new UsageError(
        `no bench is called ${name}; there are ${known.map((candidate) => candidate.name).join(', ')}`,
      );
    return bench;
  });
  return {
    benches: benches.length > 0 ? benches : known,
    json: values.json,
    seconds,
    profileDir: values.profile === undefined ? undefined : resolve(values.profile),
  };
}

/** The text of `--help`. */
export function usage(known: readonly Bench[]): string {
  return `usage: npm run bench [-- [name…] [options]]

  --json <file>     write the figures as JSON too
  --seconds <n>     length of each measured window of the load benches
  --profile <dir>   write CPU profiles of AlertAgent's processes there (slows them down)
  --help            this text

${known.map(({ name, summary }) => `  ${name.padEnd(16)}  ${summary}`).join('\n')}

A missed goal is no error: the exit code says only whether everything could be measured.
`;
}

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'string' },
        seconds: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
