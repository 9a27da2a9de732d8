import type { TextPlace } from './rule-file-content';

/**
 * A YAML document with places. Scalars are the text that stands there: what a field is decides how it is read; `whole` is the number for
 * which a limit would take it.
 */
export type YamlTree = { place: TextPlace } & (
  | { kind: 'text'; text: string; isNull: boolean; whole: number | null }
  | { kind: 'list'; items: YamlTree[] }
  | { kind: 'map'; entries: YamlEntry[] }
);

export interface YamlEntry {
  key: string;
  keyPlace: TextPlace;
  value: YamlTree;
}

/** The text is no YAML that could be read. */
export class YamlFault extends Error {
  constructor(
    readonly detail: string,
    readonly place: TextPlace | null,
  ) {
    super(detail);
    this.name = 'YamlFault';
  }
}

/** What stands where a value is left out. */
export const nothingAt = (place: TextPlace): YamlTree => ({ kind: 'text', text: '', isNull: true, whole: null, place });

/** Whether nothing stands there; of a list Go leaves such an item out. */
export const isNothing = (tree: YamlTree): boolean => tree.kind === 'text' && tree.isNull;

/** What a map has itself wins over what it merges; of several sources the earlier wins. */
export function mergeInto(own: Map<string, YamlEntry>, source: YamlTree): void {
  const maps = source.kind === 'list' ? source.items : [source];
  for (const map of maps) {
    if (map.kind !== 'map') throw new YamlFault('only maps can be merged with "<<"', map.place);
    for (const entry of map.entries) if (!own.has(entry.key)) own.set(entry.key, entry);
  }
}
