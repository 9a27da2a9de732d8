import { EXIT } from '../exit-codes';
import type { CommandContext } from './context';

export interface DiffRuleOptions {
  from?: number;
  to?: number;
  exitCode?: boolean;
}

interface ValueDiff {
  key: string;
  change: string;
  before?: unknown;
  after?: unknown;
}

/** As `GET /rules/{id}/diff` answers. */
interface RuleDiff {
  change: 'none' | 'formatting' | 'changed';
  expression?: {
    change: 'formatting' | 'changed';
    before: string;
    after: string;
    changes: { what: string; before?: string | null; after?: string | null }[];
  } | null;
  fields: ValueDiff[];
  labels: ValueDiff[];
  annotations: ValueDiff[];
  parameters: ValueDiff[];
  targets: { added: unknown[]; removed: unknown[] };
  overrides: { target: unknown; change: string; values: ValueDiff[] }[];
}

/** `rules diff`: what changed between two versions of a rule. With `--exit-code`, what is only written in another way is no difference. */
export async function diffRule(
  { api, terminal }: CommandContext,
  id: string,
  options: DiffRuleOptions,
): Promise<number> {
  const diff = await api().get<RuleDiff>(`/rules/${encodeURIComponent(id)}/diff`, {
    from: options.from,
    to: options.to,
  });
  terminal.result(diff, linesOf(diff));
  return options.exitCode && diff.change === 'changed' ? EXIT.findings : EXIT.ok;
}

function linesOf(diff: RuleDiff): string[] {
  if (diff.change === 'none') return ['no difference'];
  const { expression, targets } = diff;
  const named = (section: string, values: ValueDiff[]): string[] =>
    values.flatMap(({ key, change, before, after }) => [
      `${section}${key}${change === 'formatting' ? ' (written in another way)' : ''}`,
      ...sides(before, after),
    ]);
  return [
    ...(expression
      ? [
          `expression${expression.change === 'formatting' ? ' (written in another way)' : ''}`,
          ...sides(expression.before, expression.after),
          ...expression.changes.map(({ what, before, after }) => `  ${what}: ${before ?? 'none'} → ${after ?? 'none'}`),
        ]
      : []),
    ...named('', diff.fields),
    ...named('labels/', diff.labels),
    ...named('annotations/', diff.annotations),
    ...named('parameters/', diff.parameters),
    ...(targets.added.length + targets.removed.length > 0 ? ['targets'] : []),
    ...targets.removed.map((target) => `- ${textOf(target)}`),
    ...targets.added.map((target) => `+ ${textOf(target)}`),
    ...diff.overrides.flatMap(({ target, change, values }) => [
      `override of ${textOf(target)} ${change}`,
      ...named('  ', values),
    ]),
  ];
}

const sides = (before: unknown, after: unknown): string[] => [
  ...(before === undefined || before === null ? [] : [`- ${textOf(before)}`]),
  ...(after === undefined || after === null ? [] : [`+ ${textOf(after)}`]),
];

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
