import { compileMatchers } from '../policy/matchers';
import type { RouteNode } from '../policy/policy-document';
import { excerpt } from '../problems';
import { alertValues, compileCondition, holds } from './cel';
import type { RoutingInput } from './route-tree';
import type { Schedules } from './schedule';

/** Why an incident took a route, or did not. */
export interface RouteExplanation {
  /** Names of the nodes from the root on. */
  path: string[];
  taken: boolean;
  why: string;
}

/** Goes through a routing tree as {@link compileRouting} does, and tells of each route that was looked at or passed over why. */
export function explainRouting(root: RouteNode, schedules: Schedules, input: RoutingInput): RouteExplanation[] {
  const explanations: RouteExplanation[] = [];
  explain(root, [root.name], schedules, input, explanations);
  return explanations;
}

function explain(
  node: RouteNode,
  path: string[],
  schedules: Schedules,
  input: RoutingInput,
  explanations: RouteExplanation[],
): void {
  const place = explanations.length;
  let takenBy: string | null = null;
  let isTakenBelow = false;
  for (const child of node.routes ?? []) {
    const here = [...path, child.name];
    if (takenBy !== null) {
      explanations.push({
        path: here,
        taken: false,
        why: `not looked at: "${excerpt(takenBy)}" before it took the incident`,
      });
      continue;
    }
    const refusal = refusalOf(child, schedules, input);
    if (refusal !== null) {
      explanations.push({ path: here, taken: false, why: refusal });
      continue;
    }
    isTakenBelow = true;
    explain(child, here, schedules, input, explanations);
    if (!child.continue) takenBy = child.name;
  }
  const why = isTakenBelow ? 'handed on to a route below it' : 'it matches, and no route below it does';
  explanations.splice(place, 0, { path, taken: !isTakenBelow, why });
}

/** The first thing about an alert that keeps it from a route; null when nothing does. */
function refusalOf(node: RouteNode, schedules: Schedules, { alert, at }: RoutingInput): string | null {
  if (node.schedule && schedules.get(node.schedule)?.(at) === false) {
    return `the schedule "${excerpt(node.schedule)}" is not in force`;
  }
  for (const matcher of node.match ?? []) {
    if (!compileMatchers([matcher])(alert.labels)) return `the alert does not satisfy ${excerpt(matcher)}`;
  }
  if (node.condition && !holds(compileCondition(node.condition), alertValues(alert))) {
    return `the condition does not hold: ${excerpt(node.condition)}`;
  }
  return null;
}
