import { parseDuration } from '../durations';
import type { ConvergenceRule, ConvergenceStrategy } from './policy-document';
import { Findings, type PolicyFindings } from './policy-findings';

const SECOND = 1000;
const LONGEST_MS = 30 * 24 * 60 * 60 * SECOND;
const LONG_GRACE_MS = 60 * 60 * SECOND;

/** What is wrong with the convergence rules beyond what keeps them from being compiled. */
export function checkConvergence(rules: readonly ConvergenceRule[]): PolicyFindings {
  const found = new Findings(['policy', 'convergence']);
  const seen = new Map<string, number>();
  let catchAll = -1;
  for (const [index, rule] of rules.entries()) {
    const test = JSON.stringify([[...rule.match].sort(), rule.condition ?? '']);
    const twin = seen.get(test);
    if (catchAll >= 0) {
      found.warning([index], 'unreachable', `rule ${catchAll + 1} before it applies to everything`);
    } else if (twin !== undefined) {
      found.warning([index], 'unreachable', `rule ${twin + 1} before it applies to the same alerts`);
    } else {
      seen.set(test, index);
    }
    if (appliesToAll(rule) && catchAll < 0) catchAll = index;
    checkTimes(rule, index, found);
    checkStrategy(rule.strategy, index, found);
  }
  return found;
}

const appliesToAll = ({ match, condition }: ConvergenceRule): boolean => match.length === 0 && !condition;

function checkTimes(rule: ConvergenceRule, index: number, found: Findings): void {
  // What is no duration is reported where it is compiled.
  const ms = {
    window: parseDuration(rule.window),
    max_lifetime: parseDuration(rule.max_lifetime),
    grace: parseDuration(rule.grace),
  };
  for (const field of ['window', 'max_lifetime'] as const) {
    const value = ms[field];
    if (value === null) continue;
    if (value < SECOND || value > LONGEST_MS) found.problem([index, field], 'out_of_range', 'must be from 1s to 30d');
  }
  if (ms.grace !== null && ms.grace > LONGEST_MS)
    found.problem([index, 'grace'], 'out_of_range', 'must be at most 30d');
  else if (ms.grace !== null && ms.grace > LONG_GRACE_MS)
    found.warning(
      [index, 'grace'],
      'long_grace',
      'incidents stay open for more than an hour after their last alert ended',
    );
  if (ms.window !== null && ms.max_lifetime !== null && ms.max_lifetime < ms.window)
    found.warning(
      [index, 'max_lifetime'],
      'shorter_than_window',
      'it ends before the window does, which never counts then',
    );
}

function checkStrategy(strategy: ConvergenceStrategy, index: number, found: Findings): void {
  if (strategy.by === 'labels' && strategy.labels.length === 0) {
    found.warning(
      [index, 'strategy', 'labels'],
      'no_labels',
      'without labels all alerts of a cluster become one incident',
    );
  }
  if (strategy.by === 'topology' && strategy.levels.length === 0) {
    found.problem(
      [index, 'strategy', 'levels'],
      'required',
      'name at least one level, from the widest to the narrowest',
    );
  }
  if (strategy.by === 'text' && strategy.similarity < 0.3) {
    found.warning(
      [index, 'strategy', 'similarity'],
      'low_similarity',
      'texts that have hardly anything in common are this similar',
    );
  }
  const names = strategy.by === 'topology' ? strategy.levels : strategy.by === 'alert' ? [] : strategy.labels;
  const field = strategy.by === 'topology' ? 'levels' : 'labels';
  for (const [place, name] of names.entries()) {
    if (names.indexOf(name) < place)
      found.problem([index, 'strategy', field, place], 'duplicate_name', 'this label is named twice');
  }
}
