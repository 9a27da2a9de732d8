import { pointerTo, type FieldProblem } from '../problems';
import { compileMatchers, type LabelTest } from '../policy/matchers';
import type { RouteNode } from '../policy/policy-document';
import type { NormalisedAlert } from '../webhook/normalised-alert';
import { alertValues, compileCondition, holds, type Condition } from './cel';
import type { Schedules } from './schedule';
import type { RouteTaken } from './verdict';

/** What an incident is routed by: the alert that opened it, or that raised it. */
export interface RoutingInput {
  alert: NormalisedAlert;
  /** Epoch milliseconds. */
  at: number;
}

interface Node {
  name: string;
  test: LabelTest;
  condition: Condition | null;
  isInForce: (at: number) => boolean;
  workflow: string | null;
  team: string | null;
  continue: boolean;
  routes: Node[];
}

/**
 * Compiles the routing tree. An incident descends as far as children match; without `continue` the first child that matches keeps it, and
 * a node serves it itself when no child does. What a node leaves open it inherits. Ways that lead to the same workflow and team are one:
 * nobody is told twice.
 */
export function compileRouting(
  root: RouteNode,
  schedules: Schedules,
): { value: (input: RoutingInput) => RouteTaken[]; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
  const node = compileNode(root, [], schedules, problems);
  return { value: (input) => distinct(descend(node, input, { path: [], workflow: null, team: null })), problems };
}

function distinct(routes: RouteTaken[]): RouteTaken[] {
  return routes.filter(
    ({ workflow, team }, index) =>
      !routes.slice(0, index).some((earlier) => earlier.workflow === workflow && earlier.team === team),
  );
}

function descend(node: Node, input: RoutingInput, parent: RouteTaken): RouteTaken[] {
  const here: RouteTaken = {
    path: [...parent.path, node.name],
    workflow: node.workflow ?? parent.workflow,
    team: node.team ?? parent.team,
  };
  const taken: RouteTaken[] = [];
  for (const child of node.routes) {
    if (!applies(child, input)) continue;
    taken.push(...descend(child, input, here));
    if (!child.continue) break;
  }
  return taken.length > 0 ? taken : [here];
}

function applies(node: Node, { alert, at }: RoutingInput): boolean {
  if (!node.isInForce(at) || !node.test(alert.labels)) return false;
  return node.condition === null || holds(node.condition, alertValues(alert));
}

function compileNode(node: RouteNode, path: (string | number)[], schedules: Schedules, problems: FieldProblem[]): Node {
  const report = (field: string, code: string, detail: string): void => {
    problems.push({ pointer: pointerTo(...path, field), code, detail });
  };
  let test: LabelTest = () => true;
  let condition: Condition | null = null;
  try {
    test = compileMatchers(node.match ?? []);
  } catch (error) {
    report('match', 'bad_matcher', messageOf(error));
  }
  try {
    condition = node.condition ? compileCondition(node.condition) : null;
  } catch (error) {
    report('condition', 'bad_condition', messageOf(error));
  }
  const schedule = node.schedule ? schedules.get(node.schedule) : undefined;
  if (node.schedule && !schedule) report('schedule', 'unknown_schedule', 'there is no schedule of this name');
  return {
    name: node.name,
    test,
    condition,
    isInForce: schedule ?? (() => true),
    workflow: node.workflow ?? null,
    team: node.team ?? null,
    continue: node.continue ?? false,
    routes: (node.routes ?? []).map((child, index) =>
      compileNode(child, [...path, 'routes', index], schedules, problems),
    ),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.split('\n')[0]! : 'not valid');
