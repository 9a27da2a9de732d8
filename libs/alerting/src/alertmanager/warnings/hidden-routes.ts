import { childrenOf, rootOf, walkRoutes, type PlacedRoute } from '../routing/walk-routes';
import { matchersOf, ROUTE_FIELDS } from '../routing/route-matchers';
import type { Warning, WarningCheck } from './warning';

/** Patterns that hold for every value. */
const ANY: ReadonlySet<string> = new Set(['.*', '(.*)', '^.*$']);

/**
 * A parent's receiver is asked only when no child takes the alert. A child that takes everything hides it for good, and without
 * `continue` also hides the children after it.
 */
export const hiddenRoutes: WarningCheck = (document, minor) =>
  walkRoutes(rootOf(document)).flatMap((route) => {
    const children = childrenOf(route);
    const first = children.findIndex((child) => takesEverything(child, minor) && !child.node.isTrue('continue'));
    const unreachable = first < 0 ? [] : children.slice(first + 1).map(unreachableWarning);
    const catchAll = children.find((child) => takesEverything(child, minor));
    const isHidden = catchAll && route.node.text('receiver') !== '' && !isSameReceiver(route, children);
    return isHidden ? [hiddenWarning(catchAll), ...unreachable] : unreachable;
  });

/** Without matchers, or with such as hold for any value. */
function takesEverything({ node }: PlacedRoute, minor: number): boolean {
  return matchersOf(node, ROUTE_FIELDS, minor).every(({ operator, value }) => operator === '=~' && ANY.has(value));
}

const isSameReceiver = (route: PlacedRoute, children: PlacedRoute[]): boolean =>
  children.some(({ node }) => node.text('receiver') === '' || node.text('receiver') === route.node.text('receiver'));

const unreachableWarning = ({ pointer }: PlacedRoute): Warning => ({
  check: 'unreachable_route',
  message: 'is never reached: a route before it takes every alert and does not continue',
  pointer,
});

const hiddenWarning = ({ pointer }: PlacedRoute): Warning => ({
  check: 'hidden_default',
  message: 'takes every alert, so that the receiver of the route above it never gets one',
  pointer,
  fix: 'add a last route to that receiver, or give this one matchers',
});
