import { calibrationCurve, credibleRange } from '@alertagent/alerting';
import type { MeasuredShare, ReportedRule, ReportedSuggestions, WeeklyReport } from '@alertagent/contracts';
import type { IsoWeek } from './iso-week';

/** A suggestion, and what became of it. */
export interface SuggestionFact {
  rule: string;
  actionType: string;
  confidence: number | null;
  wasRight: boolean | null;
  isDone: boolean;
}

/** What happened in a week. */
export interface WeekFacts {
  analyses: WeeklyReport['analyses'];
  votes: { up: number; down: number };
  suggestions: readonly SuggestionFact[];
  /** Minutes from opening to end of the incidents that were over in it. */
  resolutions: readonly number[];
}

const MOST_RULES = 50;

/** The report of a week, from nothing but its facts. */
export function weeklyReport({ name, from, to }: IsoWeek, facts: WeekFacts): WeeklyReport {
  const known = facts.suggestions.filter((one): one is SuggestionFact & { wasRight: boolean } => one.wasRight !== null);
  const forecasts = known.flatMap(({ confidence, wasRight }) =>
    confidence === null ? [] : [{ confidence, outcome: wasRight }],
  );
  const report = {
    week: name,
    from: from.toISOString(),
    to: to.toISOString(),
    analyses: facts.analyses,
    feedback: shareOf(facts.votes.up, facts.votes.down),
    suggestions: sortedOut(facts.suggestions),
    by_rule: byRule(known),
    calibration_error: calibrationCurve(forecasts).expected_error,
    median_resolution_minutes: medianOf(facts.resolutions),
  };
  return { ...report, markdown: markdownOf(report) };
}

function sortedOut(suggestions: readonly SuggestionFact[]): ReportedSuggestions {
  const count = (wasRight: boolean | null, isDone?: boolean): number =>
    suggestions.filter((one) => one.wasRight === wasRight && (isDone === undefined || one.isDone === isDone)).length;
  return {
    right_and_done: count(true, true),
    wrong_and_done: count(false, true),
    right_not_done: count(true, false),
    wrong_not_done: count(false, false),
    unknown: count(null),
  };
}

function byRule(known: readonly (SuggestionFact & { wasRight: boolean })[]): ReportedRule[] {
  const groups = new Map<string, (SuggestionFact & { wasRight: boolean })[]>();
  for (const one of known) {
    const key = JSON.stringify([one.rule, one.actionType]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .slice(0, MOST_RULES)
    .map((group) => {
      const right = group.filter(({ wasRight }) => wasRight).length;
      const { rule, actionType } = group[0]!;
      return { rule, action_type: actionType, record: shareOf(right, group.length - right) };
    });
}

function shareOf(right: number, wrong: number): MeasuredShare {
  const { low, high } = credibleRange(right, wrong);
  return { right, wrong, share: right + wrong === 0 ? null : rounded(right / (right + wrong)), low, high };
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function markdownOf(report: Omit<WeeklyReport, 'markdown'>): string {
  const { analyses, feedback, suggestions, by_rule, calibration_error, median_resolution_minutes } = report;
  const shown = ({ right, wrong, share, low, high }: MeasuredShare): string =>
    share === null || share === undefined
      ? 'nobody has judged'
      : `${right} right, ${wrong} wrong: ${percent(share)} (likely ${percent(low)} to ${percent(high)})`;
  return [
    `# Week ${report.week}`,
    `- Analyses: ${analyses.completed} completed, ${analyses.failed} failed, ${analyses.cancelled} cancelled`,
    `- Claims: ${analyses.claims_kept} kept, ${analyses.claims_struck} struck out`,
    `- Judged by people: ${shown(feedback)}`,
    `- Suggestions: ${suggestions.right_and_done} saved work, ${suggestions.wrong_and_done} were wrong and done, ${suggestions.right_not_done} missed, ${suggestions.wrong_not_done} rightly left alone, ${suggestions.unknown} not known yet`,
    `- Calibration error: ${calibration_error === null || calibration_error === undefined ? 'nothing to measure' : rounded(calibration_error)}`,
    `- Median time to the end: ${median_resolution_minutes === null || median_resolution_minutes === undefined ? 'no incident ended' : `${rounded(median_resolution_minutes)} minutes`}`,
    ...(by_rule.length === 0
      ? []
      : [
          '',
          '| rule | action | record |',
          '| --- | --- | --- |',
          ...by_rule.map(
            ({ rule, action_type, record }) => `| ${cell(rule)} | ${cell(action_type)} | ${shown(record)} |`,
          ),
        ]),
    '',
  ].join('\n');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const rounded = (value: number): number => Math.round(value * 100) / 100;
const cell = (text: string): string => text.replace(/[|\n\r]/g, ' ');
