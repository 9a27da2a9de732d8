import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { FaultOptions, FaultRow } from './row';

/** A wrong command line; the message says what is wrong. */
export class UsageError extends Error {}

/** What the command line asks for. */
export type Command =
  { kind: 'help' } | { kind: 'list' } | { kind: 'run'; rows: readonly FaultRow[]; options: FaultOptions };

/** Reads the command line. Errors: `UsageError`. */
export function readCommand(args: string[], known: readonly FaultRow[], defaultRoot: string): Command {
  const { values, positionals } = parsed(args);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const rows = chosen(positionals, known);
  if (rows.length === 0) throw new UsageError('name at least one row, or all');
  const options: FaultOptions = {
    seed: wholeNumber('seed', values.seed) ?? 1,
    alerts: wholeNumber('alerts', values.alerts),
    n: wholeNumber('n', values.n),
    kills: wholeNumber('kills', values.kills),
    cuts: wholeNumber('cuts', values.cuts),
    sidecars: wholeNumber('sidecars', values.sidecars),
    instances: wholeNumber('instances', values.instances),
    seconds: wholeNumber('seconds', values.seconds),
    via: values.via,
    sabotage: values.sabotage,
    root: values.root === undefined ? defaultRoot : resolve(values.root),
    keep: values.keep ?? false,
  };
  checkSabotage(rows, options);
  return { kind: 'run', rows, options };
}

/** The text of `--help`. */
export function usage(): string {
  return `usage: npm run fault -- <row>[,<row>…] [options]

  <row>             F01 …, a range such as F01..F05, or all; --list names them
  --seed <n>        fixes schedule, payloads and targets (1)
  --alerts <n>      alerts to send in all
  --n <n>           faults of a row that counts them one by one
  --kills <n>       how often a process is killed
  --cuts <n>        how many power cuts
  --sidecars <n>    simulated sidecars
  --instances <n>   gateway instances
  --seconds <n>     how long a load lasts
  --via <what>      what stands in front of the gateway: alertmanager
  --sabotage <name> take a guard out of the product: the row must fail; --list names them
  --root <folder>   a built AlertAgent to start the services of (this one)
  --keep            leave the working folders with ledgers and data
  --help, --list

One line of JSON per row goes to stdout, progress to stderr. The exit code is 1 when a row missed its bar.
`;
}

/** The text of `--list`. */
export function listing(known: readonly FaultRow[]): string {
  return known
    .map(({ id, title, bar, sabotages = {} }) => {
      const guards = Object.entries(sabotages).map(([name, effect]) => `       --sabotage ${name}: ${effect}\n`);
      return `${id}  ${title}\n       ${bar}\n${guards.join('')}`;
    })
    .join('');
}

function chosen(names: readonly string[], known: readonly FaultRow[]): FaultRow[] {
  const wanted = names.flatMap((name) => name.split(',')).filter((name) => name !== '');
  return wanted.flatMap((name) => {
    if (name.toLowerCase() === 'all') return [...known];
    const [first = '', last = first] = name.toUpperCase().split('..');
    const rows = known.filter(({ id }) => id >= first && id <= last);
    if (rows.length === 0) throw new UsageError(`no row is called ${name}; see --list`);
    return rows;
  });
}

function checkSabotage(rows: readonly FaultRow[], { sabotage }: FaultOptions): void {
  if (sabotage === undefined) return;
  for (const { id, sabotages = {} } of rows) {
    if (!(sabotage in sabotages)) {
      const names = Object.keys(sabotages).join(', ') || 'none';
      throw new UsageError(`${id} knows no sabotage called ${sabotage}; it knows: ${names}`);
    }
  }
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${name} must be a whole number, not ${text}`);
  return value;
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        seed: text,
        alerts: text,
        n: text,
        kills: text,
        cuts: text,
        sidecars: text,
        instances: text,
        seconds: text,
        via: text,
        sabotage: text,
        root: text,
        keep: flag,
        list: flag,
        help: { ...flag, short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
