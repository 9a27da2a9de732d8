/** What a version of Prometheus takes in expressions and rule files. */
export interface Grammar {
  /** The version it stands for, `major.minor`. */
  version: string;
  /** Names in quotes inside of braces: `{"http.requests"}`. */
  quotedNames: boolean;
  /** Names in quotes where labels are listed, and label names of any characters: `sum by ("a.b") (x)`. */
  anyNames: boolean;
  /** Numbers where durations stand and durations where numbers stand: `x[300]`, `x > 5m`. */
  numbersAreDurations: boolean;
  /** `1_000`. */
  underscores: boolean;
  /** Signs before a duration in brackets and after `offset`: `x[+5m]`. */
  signedDurations: boolean;
  /** `limitk` and `limit_ratio` are known as aggregations, though not enabled. */
  limitAggregations: boolean;
  /** `query_offset` of a group. */
  queryOffset: boolean;
  /** `labels` of a group. */
  groupLabels: boolean;
  /** First number and second number of the version, for tables of functions. */
  number: VersionNumber;
}

/** A version as a number that can be compared: major times 1000 plus minor. */
type VersionNumber = number;

const VERSION = /^v?(\d{1,3})\.(\d{1,3})(?:\.\d{1,4})?(?:[-+.][0-9A-Za-z.+-]{0,60})?$/;
/** What is checked against when nothing says which Prometheus is meant: the oldest that is supported. */
export const DEFAULT_PROMETHEUS_VERSION = '2.42.0';
const grammars = new Map<VersionNumber, Grammar>();

/** The grammar of a version such as `2.53.3`, `v3.5` or `3.5.0-rc.1`; null when the text is no version. */
export function grammarOf(version: string): Grammar | null {
  const match = VERSION.exec(version);
  if (!match) return null;
  const number = versionNumber(Number(match[1]), Number(match[2]));
  let grammar = grammars.get(number);
  if (!grammar) {
    grammar = build(number);
    grammars.set(number, grammar);
  }
  return grammar;
}

/** The grammar of {@link DEFAULT_PROMETHEUS_VERSION}. */
export const defaultGrammar = (): Grammar => grammarOf(DEFAULT_PROMETHEUS_VERSION)!;

/** The newest version whose verdicts were compared with ours. */
export const newestGrammar = (): Grammar => grammarOf('3.5.3')!;

/** A version for comparison with {@link Grammar.number}. */
export const versionNumber = (major: number, minor: number): VersionNumber => major * 1000 + minor;

function build(number: VersionNumber): Grammar {
  const since = (major: number, minor: number): boolean => number >= versionNumber(major, minor);
  return {
    version: `${Math.floor(number / 1000)}.${number % 1000}`,
    quotedNames: since(2, 50),
    anyNames: since(3, 0),
    numbersAreDurations: since(2, 54),
    underscores: since(2, 54),
    signedDurations: since(3, 4),
    limitAggregations: since(2, 54),
    queryOffset: since(2, 53),
    groupLabels: since(3, 0),
    number,
  };
}
