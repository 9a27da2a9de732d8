import { pointerTo } from '../../problems';
import type { ConfigurationDocument } from '../configuration-document';
import { referenceOf, type DocumentValue } from '../secrets';

/** One layer of configuration; later ones are closer to the cluster and win. */
export interface ConfigurationLayer {
  /** Shown as where a value comes from. */
  name: string;
  document: ConfigurationDocument;
}

/** What layers add up to. */
export interface MergedLayers {
  document: ConfigurationDocument;
  /** The layer that each single value comes from, by its pointer in the document. */
  provenance: ReadonlyMap<string, string>;
}

/** A value while it is merged: every part remembers its layer. */
type Tracked =
  | { kind: 'value'; value: DocumentValue; layer: string }
  | { kind: 'mapping'; entries: Map<string, Tracked>; layer: string }
  | { kind: 'list'; items: Tracked[]; layer: string };

/** Lists whose items have names; items of the same name are merged. */
const NAMED = /^\/(?:receivers|time_intervals|mute_time_intervals|inhibit_rules)$/;
/** Lists of routes: those of a later layer are tried first. */
const ROUTES = /^\/route(?:\/routes\/\d+)*\/routes$/;

/**
 * Merges layers. Mappings are merged field by field, and null takes a field away. Receivers, time intervals and inhibition rules are
 * merged by name. Routes of a later layer come before those of earlier ones, so that a cluster may take alerts out of what everybody
 * has; templates add up. Any other list is replaced as a whole.
 */
export function mergeLayers(layers: readonly ConfigurationLayer[]): MergedLayers {
  let merged: Tracked = { kind: 'mapping', entries: new Map(), layer: '' };
  for (const { name, document } of layers) merged = merge(merged, track(document, name), '');
  const provenance = new Map<string, string>();
  const document = untrack(merged, '', provenance) as ConfigurationDocument;
  return { document, provenance };
}

function track(value: DocumentValue, layer: string): Tracked {
  if (Array.isArray(value)) return { kind: 'list', items: value.map((item) => track(item, layer)), layer };
  if (typeof value !== 'object' || value === null || referenceOf(value) !== null)
    return { kind: 'value', value, layer };
  const entries = new Map(Object.entries(value).map(([key, child]) => [key, track(child, layer)]));
  return { kind: 'mapping', entries, layer };
}

function merge(below: Tracked | undefined, above: Tracked, pointer: string): Tracked {
  if (above.kind === 'list') return mergeLists(below?.kind === 'list' ? below : undefined, above, pointer);
  if (above.kind !== 'mapping') return above;
  const entries = new Map(below?.kind === 'mapping' ? below.entries : []);
  for (const [key, child] of above.entries) {
    if (child.kind === 'value' && child.value === null) entries.delete(key);
    else entries.set(key, merge(entries.get(key), child, pointer + pointerTo(key)));
  }
  return { kind: 'mapping', entries, layer: above.layer };
}

type TrackedList = Extract<Tracked, { kind: 'list' }>;

function mergeLists(below: TrackedList | undefined, above: TrackedList, pointer: string): Tracked {
  const items = below?.items ?? [];
  const own = above.items.map((item, index) => merge(undefined, item, pointer + pointerTo(index)));
  if (ROUTES.test(pointer)) return { ...above, items: [...own, ...items] };
  if (pointer === '/templates')
    return { ...above, items: [...items, ...own.filter((item) => !holdsSame(items, item))] };
  if (!NAMED.test(pointer)) return { ...above, items: own };
  const result = [...items];
  for (const item of own) {
    const name = nameOf(item);
    const at = name === null ? -1 : result.findIndex((other) => nameOf(other) === name);
    if (at < 0) result.push(item);
    else result[at] = merge(result[at], item, pointer + pointerTo(at));
  }
  return { ...above, items: result };
}

function holdsSame(items: readonly Tracked[], wanted: Tracked): boolean {
  return items.some((item) => item.kind === 'value' && wanted.kind === 'value' && item.value === wanted.value);
}

function nameOf(item: Tracked): string | null {
  const name = item.kind === 'mapping' ? item.entries.get('name') : undefined;
  return name?.kind === 'value' && typeof name.value === 'string' ? name.value : null;
}

function untrack(tracked: Tracked, pointer: string, provenance: Map<string, string>): DocumentValue {
  if (tracked.kind === 'list') {
    // An empty list is a value of its own.
    if (tracked.items.length === 0) provenance.set(pointer, tracked.layer);
    return tracked.items.map((item, index) => untrack(item, pointer + pointerTo(index), provenance));
  }
  if (tracked.kind === 'mapping') {
    const entries = [...tracked.entries].map(([key, child]) => [
      key,
      untrack(child, pointer + pointerTo(key), provenance),
    ]);
    return Object.fromEntries(entries) as DocumentValue;
  }
  provenance.set(pointer, tracked.layer);
  return tracked.value;
}
