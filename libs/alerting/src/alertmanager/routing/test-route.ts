import type { ReadConfiguration } from '../check-alertmanager-config';
import { StructValues } from '../schema/go-type';
import { alertmanagerMinor, OLDEST_MINOR } from '../version';
import { containsTime } from './contains-time';
import { allHold, matchersOf, ROUTE_FIELDS } from './route-matchers';
import { childrenOf, rootOf, textsOf, valuesOf, type PlacedRoute } from './walk-routes';

/** One route that an alert takes. */
export interface TakenRoute {
  receiver: string;
  /** Where the route stands in the document. */
  pointer: string;
  /** Labels that make one notification; `...` is all of them. */
  group_by: string[];
  group_wait: string;
  group_interval: string;
  repeat_interval: string;
  /** Why nothing is sent at that moment: the name of a mute interval, or that no active one holds; null when it is sent. */
  muted_by: string | null;
}

/** What a route inherits from the one above it. */
type Inherited = Omit<TakenRoute, 'pointer' | 'muted_by'>;

const DEFAULTS: Inherited = {
  receiver: '',
  group_by: [],
  group_wait: '30s',
  group_interval: '5m',
  repeat_interval: '4h',
};

/**
 * Tells which receivers get an alert with these labels, at a moment in epoch milliseconds, in Alertmanager's order.
 * The configuration must be valid. Throws an Error for a regular expression that is too large to be tried here.
 */
export function testRoute(
  { value }: Pick<ReadConfiguration, 'value'>,
  { version }: { version: string },
  labels: Readonly<Record<string, string>>,
  at: number,
): TakenRoute[] {
  const minor = Math.max(alertmanagerMinor(version) ?? OLDEST_MINOR, OLDEST_MINOR);
  const document = new StructValues(value ?? {});
  const intervals = intervalsOf(document);
  const take = (route: PlacedRoute, above: Inherited): TakenRoute[] => {
    if (!allHold(matchersOf(route.node, ROUTE_FIELDS, minor), labels)) return [];
    const own = inherit(route.node, above, minor);
    const taken: TakenRoute[] = [];
    for (const child of childrenOf(route)) {
      const below = take(child, own);
      taken.push(...below);
      if (below.length > 0 && !child.node.isTrue('continue')) break;
    }
    if (taken.length > 0) return taken;
    return [{ ...own, pointer: route.pointer, muted_by: mutedBy(route.node, intervals, at) }];
  };
  return take(rootOf(document), DEFAULTS);
}

function inherit(node: StructValues, above: Inherited, minor: number): Inherited {
  const or = (name: 'receiver' | 'group_wait' | 'group_interval' | 'repeat_interval'): string =>
    node.text(name) || above[name];
  // An empty list counts as none until 0.31.
  const groups = node.list('group_by').length > 0 || (minor >= 31 && node.has('group_by'));
  return {
    receiver: or('receiver'),
    group_by: groups ? textsOf(node, 'group_by') : above.group_by,
    group_wait: or('group_wait'),
    group_interval: or('group_interval'),
    repeat_interval: or('repeat_interval'),
  };
}

function intervalsOf(document: StructValues): Map<string, StructValues[]> {
  const named = [...document.list('mute_time_intervals'), ...document.list('time_intervals')].map(valuesOf);
  return new Map(named.map((item) => [item.text('name'), item.list('time_intervals').map(valuesOf)]));
}

/** Time intervals count for the route that names them alone; those below do not inherit them. */
function mutedBy(node: StructValues, intervals: ReadonlyMap<string, StructValues[]>, at: number): string | null {
  const isIn = (name: string): boolean => (intervals.get(name) ?? []).some((interval) => containsTime(interval, at));
  const mute = textsOf(node, 'mute_time_intervals').find(isIn);
  if (mute !== undefined) return mute;
  const active = textsOf(node, 'active_time_intervals');
  return active.length > 0 && !active.some(isIn) ? `outside of ${active.join(', ')}` : null;
}
