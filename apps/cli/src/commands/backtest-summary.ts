/** What is told of a rule's backtest; as `GET /rules/backtests/{id}` answers it. */
export interface BacktestResult {
  rule: { name: string; version: number | null; expression: string };
  evaluations: number;
  failed_evaluations: number;
  failure: string | null;
  alerts: number;
  firings: number;
  firing_at_end: number;
  lapses: number;
  flaps: number;
  firing_seconds: number;
  longest_seconds: number;
  by_day: { date: string; firings: number }[];
  pages: { incidents: number; pages: number; night_pages: number; suppressed: number; teams: TeamPages[] } | null;
  pages_unknown: string | null;
}

interface TeamPages {
  team: string | null;
  pages: number;
}

/** A backtest that is done, and what was compared if anything was. */
export interface BacktestDone {
  id: string;
  from: string;
  to: string;
  interval_seconds: number | null;
  result: BacktestResult;
  compared: BacktestResult | null;
  comparison: { both_seconds: number; only_first_seconds: number; only_second_seconds: number } | null;
}

const BUSIEST = 3;

/** What came of a backtest, for people: a line per figure, with a column for each rule. */
export function backtestSummary(test: BacktestDone): string[] {
  const results = [test.result, ...(test.compared ? [test.compared] : [])];
  const figures = FIGURES.map(([name, of]) => [name, ...results.map(of)]);
  return [
    `${test.from} to ${test.to}, every ${test.interval_seconds ?? '?'} s`,
    ...table([['', ...results.map(nameOf)], ...figures]),
    ...comparisonLines(test),
    ...results.flatMap(warnings),
    `Everything, firing by firing too: GET /api/v1/rules/backtests/${test.id}`,
  ];
}

type Figure = [name: string, of: (result: BacktestResult) => string];

const FIGURES: readonly Figure[] = [
  ['alerts', ({ alerts }) => String(alerts)],
  ['fired', ({ firings, firing_at_end: on }) => (on > 0 ? `${firings}, ${on} still at the end` : String(firings))],
  ['pending only', ({ lapses }) => String(lapses)],
  ['flaps', ({ flaps }) => String(flaps)],
  ['time firing', ({ firing_seconds: seconds }) => duration(seconds)],
  ['longest', ({ longest_seconds: seconds }) => duration(seconds)],
  ['busiest days', ({ by_day: days }) => busiest(days)],
  ['incidents', ({ pages }) => (pages ? String(pages.incidents) : 'not known')],
  ['pages', ({ pages }) => (pages ? `${pages.pages}, ${pages.night_pages} at night` : 'not known')],
  ['pages by team', ({ pages }) => (pages ? pages.teams.map(teamPages).join(', ') || 'none' : 'not known')],
  ['hidden', ({ pages }) => (pages ? `${pages.suppressed} events` : 'not known')],
];

const nameOf = ({ rule: { name, version } }: BacktestResult): string =>
  version === null ? name || 'expression' : `${name} v${version}`;

const teamPages = ({ team, pages }: TeamPages): string => `${team ?? 'no team'} ${pages}`;

function busiest(days: BacktestResult['by_day']): string {
  const sorted = days.filter(({ firings }) => firings > 0).sort((one, other) => other.firings - one.firings);
  const told = sorted.slice(0, BUSIEST).map(({ date, firings }) => `${date} ${firings}`);
  return told.join(', ') || 'none';
}

function comparisonLines({ comparison }: BacktestDone): string[] {
  if (!comparison) return [];
  const { both_seconds: both, only_first_seconds: first, only_second_seconds: second } = comparison;
  return [
    `Both fire for ${duration(both)}, only the first for ${duration(first)}, only the second for ${duration(second)}.`,
  ];
}

function warnings(result: BacktestResult): string[] {
  const { failed_evaluations: failed, evaluations, failure, pages_unknown: unknown } = result;
  return [
    ...(failed > 0
      ? [`${nameOf(result)}: ${failed} of ${evaluations} evaluations fail: ${failure ?? 'no reason'}`]
      : []),
    ...(unknown === null ? [] : [`${nameOf(result)}: pages are not known: ${unknown}`]),
  ];
}

/** In the two largest units: `2d 3h`, `5m`, `40s`. */
function duration(seconds: number): string {
  const units: [number, string][] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
    [1, 's'],
  ];
  const parts: string[] = [];
  let left = Math.round(seconds);
  for (const [size, unit] of units) {
    if (left >= size) parts.push(`${Math.floor(left / size)}${unit}`);
    left %= size;
  }
  return parts.slice(0, 2).join(' ') || '0s';
}

function table(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}
