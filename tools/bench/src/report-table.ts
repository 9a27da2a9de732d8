import { isReached, ratioOf, type Figure, type Goal } from './figure';

const HEADINGS = ['figure', 'reached', 'limit in the same run', 'ratio', 'goal', ''];

/** The figures as a table for the terminal, the notes below it. */
export function reportTable(figures: readonly Figure[]): string {
  const rows = [HEADINGS, ...figures.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const notes = figures.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

function cellsOf(figure: Figure): string[] {
  const ratio = ratioOf(figure);
  const reached = isReached(figure);
  return [
    figure.name,
    `${shown(figure.value)} ${figure.unit}`,
    figure.limit === undefined ? '' : `${shown(figure.limit.value)} ${figure.unit} (${figure.limit.name})`,
    ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
    figure.goal === undefined ? '' : goalText(figure.goal, figure.unit),
    reached === undefined ? '' : reached ? 'reached' : 'NOT reached',
  ];
}

function goalText({ of, direction, bound }: Goal, unit: string): string {
  const sign = direction === 'at least' ? '>=' : '<=';
  return of === 'value' ? `${sign} ${shown(bound)} ${unit}` : `${sign} ${bound.toFixed(2)}x`;
}

function shown(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
