import { pointerTo, type FieldProblem } from '../problems';
import type { PriorityPolicy } from '../policy/policy-document';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import { alertValues, compileCondition, holds, type Condition } from './cel';
import type { Schedules } from './schedule';
import type { Priority, PriorityFactor } from './verdict';

/** What a priority follows from. */
export interface PriorityInput {
  alert: NormalisedAlert;
  /** Epoch milliseconds. */
  at: number;
  /** The highest rank in the incident, this alert included. */
  severity_rank: number;
  /** Alerts and clusters in the incident, this alert included. */
  alerts: number;
  clusters: number;
  /** Incidents of the group in the last 30 days. */
  past_incidents: number;
  storm: boolean;
}

const RANK_NAMES = ['none', 'info', 'low', 'warning', 'error', 'critical'];

/** Checks and compiles the scoring; each point given is a factor with its reason. */
export function compilePriority(
  policy: PriorityPolicy,
  schedules: Schedules,
): { value: (input: PriorityInput) => Priority; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const rules: { name: string; points: number; condition: Condition }[] = [];
  for (const [index, { name, condition, points }] of policy.rules.entries()) {
    try {
      rules.push({ name, points, condition: compileCondition(condition) });
    } catch (error) {
      const detail = error instanceof Error ? error.message.split('\n')[0]! : 'not valid';
      problems.push({ pointer: pointerTo('rules', index, 'condition'), code: 'bad_condition', detail });
    }
  }
  for (const [index, { schedule }] of policy.times.entries()) {
    if (schedules.has(schedule)) continue;
    problems.push({
      pointer: pointerTo('times', index, 'schedule'),
      code: 'unknown_schedule',
      detail: 'there is no schedule of this name',
    });
  }
  const value = (input: PriorityInput): Priority => {
    const factors: PriorityFactor[] = [];
    const give = (factor: string, points: number, why: string): void => {
      if (points !== 0) factors.push({ factor, points, why });
    };
    give(
      'severity',
      policy.severity_points[input.severity_rank] ?? 0,
      `severity counts as ${RANK_NAMES[input.severity_rank]}`,
    );
    const values = rules.length > 0 ? alertValues(input.alert) : {};
    for (const rule of rules)
      if (holds(rule.condition, values)) give(`rule ${rule.name}`, rule.points, 'its condition holds');
    give('blast_radius', blastPoints(policy, input), `${input.alerts} alerts of ${input.clusters} clusters`);
    for (const { schedule, when, points } of policy.times) {
      const isActive = schedules.get(schedule)?.(input.at) ?? false;
      if (isActive === (when === 'active')) give(`time ${schedule}`, points, `the schedule is ${when}`);
    }
    const history = policy.history.filter(({ incidents }) => input.past_incidents >= incidents);
    give('history', highest(history), `${input.past_incidents} incidents of this group in 30 days`);
    if (input.storm) give('storm', policy.storm_points, 'the incident is in a storm');
    const score = factors.reduce((sum, { points }) => sum + points, 0);
    const reached = policy.thresholds.findIndex((threshold) => score >= threshold);
    return { priority: reached < 0 ? 5 : reached + 1, score, factors };
  };
  return { value, problems };
}

function blastPoints({ blast_radius }: PriorityPolicy, { alerts, clusters }: PriorityInput): number {
  const reached = blast_radius.filter(
    (step) =>
      (step.alerts === undefined || alerts >= step.alerts) &&
      (step.clusters === undefined || clusters >= step.clusters),
  );
  return highest(reached);
}

const highest = (steps: readonly { points: number }[]): number =>
  steps.length === 0 ? 0 : Math.max(...steps.map(({ points }) => points));
