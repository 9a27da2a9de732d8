import { parseArgs } from 'node:util';
import { GROUPS, type Group } from './api/endpoints';
import { ALL_ROWS } from './rows/all-rows';

/** What the command line asks for. */
export interface HostileArguments {
  /** Ids of rows; empty means all. */
  rows: readonly string[];
  groups: readonly Group[];
  /** Only endpoints whose method and path have this in them. */
  path: string;
  seed: number;
  /** How many deviations are shown. */
  show: number;
}

/** A wrong command line; the message says what is wrong. */
export class UsageError extends Error {}

/** Reads the command line; null when help was asked for. Throws `UsageError`. */
export function readArguments(args: string[]): HostileArguments | null {
  const { values } = parsed(args);
  if (values.help) return null;
  const known = new Set(ALL_ROWS.map(({ id }) => id));
  const rows = list(values.rows).filter(() => !values.all);
  const unknown = rows.find((row) => !known.has(row));
  if (unknown !== undefined)
    throw new UsageError(`no row is called ${unknown}; there are ${[...known].sort().join(', ')}`);
  const groups = list(values.endpoint).map((name) => {
    const group = GROUPS.find((one) => one === name);
    if (!group) throw new UsageError(`no group of endpoints is called ${name}; there are ${GROUPS.join(', ')}`);
    return group;
  });
  const [seed, show] = [Number(values.seed ?? 7), Number(values.show ?? 100)];
  if (!Number.isSafeInteger(seed)) throw new UsageError('--seed must be a whole number');
  if (!Number.isSafeInteger(show) || show < 0) throw new UsageError('--show must be a whole number');
  return { rows, groups: groups.length > 0 ? groups : GROUPS, path: values.path ?? '', seed, show };
}

/** The text of `--help`. */
export function usage(): string {
  const summaries = new Map<string, string[]>();
  for (const { id, summary } of ALL_ROWS) summaries.set(id, [...(summaries.get(id) ?? []), summary]);
  return `usage: npm run hostile -- [options]

Starts AlertAgent with SQLite and a NATS server of its own on free ports, sends bad input to every endpoint of the gateway and judges each answer.

  --all             every row (the default)
  --rows B01,B05    these rows only
  --endpoint W,R    these groups of endpoints only: W webhook, R rules, K clusters, C configurations,
                    A analysis and escalation, X automation, U tokens, P health and metrics, S streams, L other lists
  --path <text>     endpoints with this in method and path only, e.g. signing-keys
  --seed <n>        where bodies are cut and the like; 7 unless given
  --show <n>        how many deviations are shown; 100 unless given
  --help            this text

${[...summaries]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([id, texts]) => `  ${id.padEnd(16)}  ${texts.join('; ')}`)
  .join('\n')}

The last line is one line of JSON with the totals. The exit code is 1 when anything deviates, 2 for a wrong command line.
`;
}

const list = (value: string | undefined): string[] => (value ?? '').split(',').filter((one) => one !== '');

function parsed(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        all: { type: 'boolean' },
        rows: { type: 'string' },
        endpoint: { type: 'string' },
        path: { type: 'string' },
        seed: { type: 'string' },
        show: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
