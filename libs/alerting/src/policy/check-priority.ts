import type { PriorityPolicy } from './policy-document';
import { Findings, type PolicyFindings } from './policy-findings';

/** What is wrong with the scoring beyond what each step says by itself. */
export function checkPriority(policy: PriorityPolicy): PolicyFindings {
  const found = new Findings(['policy', 'priority']);
  found.uniqueNames(policy.rules, ['rules']);
  for (let index = 1; index < policy.thresholds.length; index++) {
    if (policy.thresholds[index]! >= policy.thresholds[index - 1]!) {
      const detail = `P${index + 1} must begin below P${index}: thresholds go down`;
      found.problem(['thresholds', index], 'not_descending', detail);
    }
  }
  for (let rank = 1; rank < policy.severity_points.length; rank++) {
    if (policy.severity_points[rank]! < policy.severity_points[rank - 1]!) {
      const detail = 'a higher severity gives fewer points than the one below it';
      found.warning(['severity_points', rank], 'not_ascending', detail);
    }
  }
  for (const [index, step] of policy.blast_radius.entries()) {
    if (step.alerts === undefined && step.clusters === undefined) {
      found.problem(
        ['blast_radius', index],
        'required',
        'say from how many alerts or clusters on the points are given',
      );
    }
  }
  for (const [index, { points }] of policy.rules.entries()) {
    if (points === 0) found.warning(['rules', index, 'points'], 'no_effect', 'no points are given');
  }
  const best = highestScore(policy);
  if (best < policy.thresholds[0]) {
    found.warning(['thresholds', 0], 'unreachable', `nothing can become P1: the highest score there can be is ${best}`);
  }
  return found;
}

function highestScore(policy: PriorityPolicy): number {
  const most = (steps: readonly { points: number }[]): number => Math.max(0, ...steps.map(({ points }) => points));
  const sum = (steps: readonly { points: number }[]): number =>
    steps.reduce((total, { points }) => total + Math.max(0, points), 0);
  return (
    Math.max(...policy.severity_points) +
    sum(policy.rules) +
    most(policy.blast_radius) +
    sum(policy.times) +
    most(policy.history) +
    Math.max(0, policy.storm_points)
  );
}
