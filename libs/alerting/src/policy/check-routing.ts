import type { RouteNode } from './policy-document';
import { Findings, type PolicyFindings } from './policy-findings';

/** Levels of a routing tree, the root included: no more fit into a request, which nests 16 levels at most. */
export const MOST_ROUTE_LEVELS = 7;
/** Nodes of a routing tree. */
export const MOST_ROUTES = 500;

/** What is wrong with the routing tree beyond what each node says by itself. */
export function checkRouting(root: RouteNode): PolicyFindings {
  const found = new Findings(['policy', 'routing']);
  if (!root.workflow) {
    found.problem(['workflow'], 'required', 'the root must name the workflow of incidents that no other route takes');
  }
  for (const field of ['match', 'condition', 'schedule', 'continue'] as const) {
    const value = root[field];
    const isSet = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isSet) found.problem([field], 'not_at_root', 'the root takes everything: put this on a route below it');
  }
  const count = visit(root, [], 1, found);
  if (count > MOST_ROUTES)
    found.problem([], 'too_many', `there are ${count} routes, at most ${MOST_ROUTES} are allowed`);
  return found;
}

function visit(node: RouteNode, path: (string | number)[], level: number, found: Findings): number {
  const routes = node.routes ?? [];
  if (level > MOST_ROUTE_LEVELS) {
    found.problem(path, 'too_deep', `routes nest deeper than ${MOST_ROUTE_LEVELS} levels`);
    return 1;
  }
  found.uniqueNames(routes, [...path, 'routes']);
  let count = 1;
  let taker = -1;
  for (const [index, route] of routes.entries()) {
    const here = [...path, 'routes', index];
    if (taker >= 0) found.warning(here, 'unreachable', `route ${taker + 1} beside it takes everything`);
    if (taker < 0 && !route.continue && takesEverything(route)) taker = index;
    if (isEmpty(route)) {
      found.warning(here, 'no_effect', 'it names neither a workflow nor a team, and has no routes of its own');
    }
    count += visit(route, here, level + 1, found);
  }
  return count;
}

const takesEverything = ({ match, condition, schedule }: RouteNode): boolean =>
  (match ?? []).length === 0 && !condition && !schedule;

const isEmpty = ({ workflow, team, routes }: RouteNode): boolean => !workflow && !team && (routes ?? []).length === 0;
