import { setTimeout as wait } from 'node:timers/promises';
import { CommandError, EXIT } from '../exit-codes';
import { backtestSummary, type BacktestDone } from './backtest-summary';
import type { CommandContext } from './context';

export interface BacktestRuleOptions {
  cluster?: string;
  sourceUrl?: string;
  expression?: string;
  for?: string;
  keepFiringFor?: string;
  version?: number;
  compare?: number;
  from?: string;
  to?: string;
}

/** Done, it is a {@link BacktestDone}. */
interface Backtest extends Partial<BacktestDone> {
  id: string;
  state: string;
  error?: string | null;
  evaluations_done: number;
  evaluations_total: number;
}

const POLL_MS = 500;
const ENDED: ReadonlySet<string> = new Set(['done', 'cancelled', 'failed']);

/** `rules backtest`: when a stored rule, or an expression, would have fired. */
export async function backtestRule(
  { api, terminal }: CommandContext,
  id: string | undefined,
  options: BacktestRuleOptions,
): Promise<number> {
  const started = await api().post<Backtest>('/rules/backtest', backtestInput(id, options));
  const progress = terminal.progress('backtest');
  let test = started;
  try {
    while (!ENDED.has(test.state)) {
      await wait(POLL_MS);
      test = await api().get<Backtest>(`/rules/backtests/${started.id}`);
      progress.at(test.evaluations_done, test.evaluations_total);
    }
  } finally {
    progress.stop();
  }
  if (test.state !== 'done') {
    const advice = 'check that the source answers queries, and ask for less time with --from';
    throw new CommandError(
      EXIT.failed,
      `the backtest was ${test.state}: ${test.error ?? 'no reason was given'}`,
      advice,
    );
  }
  terminal.result(test, isDone(test) ? backtestSummary(test) : []);
  return EXIT.ok;
}

const isDone = (test: Backtest): test is Backtest & BacktestDone => Boolean(test.result);

function backtestInput(id: string | undefined, options: BacktestRuleOptions): Record<string, unknown> {
  const { cluster, sourceUrl, expression, version, compare, from, to } = options;
  if ((id === undefined) === (expression === undefined)) {
    throw new CommandError(EXIT.usage, 'give the id of a rule or --expression', null);
  }
  if ((cluster === undefined) === (sourceUrl === undefined)) {
    throw new CommandError(EXIT.usage, 'give --cluster or --source-url', null);
  }
  if (compare !== undefined && id === undefined) {
    throw new CommandError(EXIT.usage, '--compare needs the id of a rule', null);
  }
  const rule = { expression, duration: options.for, keep_firing_for: options.keepFiringFor };
  return {
    ...(id === undefined ? { rule } : { rule_id: id, version }),
    ...(compare === undefined ? {} : { compare: { rule_id: id, version: compare } }),
    ...(cluster === undefined ? { source: { url: sourceUrl } } : { cluster }),
    from,
    to,
  };
}
