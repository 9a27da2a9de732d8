import { versionNumber, type Grammar } from './grammar';

/** What an expression evaluates to. */
export type ValueType = 'vector' | 'scalar' | 'matrix' | 'string';

/** A function of PromQL. */
export interface PromqlFunction {
  name: string;
  args: readonly ValueType[];
  /** How many arguments may be left out or added at the end: 0 none, -1 any number of the last. */
  variadic: number;
  returns: ValueType;
  /** Known, but refused unless the server was started with experimental functions. */
  isExperimental: boolean;
}

interface Listed extends PromqlFunction {
  since: number;
  until: number;
}

const LETTERS: Readonly<Record<string, ValueType>> = { v: 'vector', s: 'scalar', m: 'matrix', t: 'string' };

/**
 * `name:arguments[:flags]`, arguments as letters (v vector, s scalar, m matrix, t text). Flags: `?` the last may be left
 * out, `*` the last may be left out or repeated, `=s` returns a scalar, `x` experimental, `+2.51` since that version,
 * `-3.0` gone in that version.
 */
const TABLE = `abs:v absent:v absent_over_time:m acos:v acosh:v asin:v asinh:v atan:v atanh:v avg_over_time:m ceil:v
  changes:m clamp:vss clamp_max:vs clamp_min:vs cos:v cosh:v count_over_time:m day_of_month:v:? day_of_week:v:?
  day_of_year:v:? days_in_month:v:? deg:v delta:m deriv:m exp:v floor:v histogram_avg:v:+2.51 histogram_count:v
  histogram_fraction:ssv histogram_quantile:sv histogram_stddev:v:+2.48 histogram_stdvar:v:+2.48 histogram_sum:v
  holt_winters:mss:-3.0 double_exponential_smoothing:mss:x+3.0 hour:v:? idelta:m increase:m info:vv:?x+3.0 irate:m
  label_join:vttt:* label_replace:vtttt last_over_time:m ln:v log10:v log2:v mad_over_time:m:x+2.49 max_over_time:m
  min_over_time:m minute:v:? month:v:? pi::=s predict_linear:ms present_over_time:m quantile_over_time:sm rad:v rate:m
  resets:m round:vs:? scalar:v:=s sgn:v sin:v sinh:v sort:v sort_by_label:vt:*x+2.49 sort_by_label_desc:vt:*x+2.49
  sort_desc:v sqrt:v stddev_over_time:m stdvar_over_time:m sum_over_time:m tan:v tanh:v time::=s timestamp:v
  ts_of_last_over_time:m:x+3.5 ts_of_max_over_time:m:x+3.5 ts_of_min_over_time:m:x+3.5 first_over_time:m:x+3.6
  ts_of_first_over_time:m:x+3.6 vector:s year:v:?`;

const functions = new Map<string, Listed>(
  TABLE.split(/\s+/).map((entry) => {
    const [name = '', letters = '', flags = ''] = entry.split(':');
    const version = (sign: string): number | null => {
      const match = new RegExp(`\\${sign}(\\d)\\.(\\d+)`).exec(flags);
      return match ? versionNumber(Number(match[1]), Number(match[2])) : null;
    };
    return [
      name,
      {
        name,
        args: [...letters].map((letter) => LETTERS[letter]!),
        variadic: flags.includes('?') ? 1 : flags.includes('*') ? -1 : 0,
        returns: flags.includes('=s') ? 'scalar' : 'vector',
        isExperimental: flags.includes('x'),
        since: version('+') ?? 0,
        until: version('-') ?? Infinity,
      },
    ];
  }),
);

/** A function that this version knows, experimental ones included. */
export function functionOf(name: string, { number }: Grammar): PromqlFunction | null {
  const found = functions.get(name);
  return found && number >= found.since && number < found.until ? found : null;
}

/** In which version a function came or went, for a message; null when no version ever knew it. */
export function functionLife(name: string): { since: string | null; until: string | null } | null {
  const found = functions.get(name);
  if (!found) return null;
  const text = (number: number): string => `${Math.floor(number / 1000)}.${number % 1000}`;
  return {
    since: found.since > 0 ? text(found.since) : null,
    until: Number.isFinite(found.until) ? text(found.until) : null,
  };
}

/** Names of the functions that this version takes. */
export function functionNames(grammar: Grammar): string[] {
  return [...functions.keys()].filter((name) => functionOf(name, grammar)?.isExperimental === false);
}

/** Aggregations, with the type of the argument before the vector where there is one. */
export const AGGREGATIONS: ReadonlyMap<string, ValueType | null> = new Map<string, ValueType | null>([
  ['sum', null],
  ['avg', null],
  ['count', null],
  ['min', null],
  ['max', null],
  ['group', null],
  ['stddev', null],
  ['stdvar', null],
  ['topk', 'scalar'],
  ['bottomk', 'scalar'],
  ['quantile', 'scalar'],
  ['count_values', 'string'],
  ['limitk', 'scalar'],
  ['limit_ratio', 'scalar'],
]);
