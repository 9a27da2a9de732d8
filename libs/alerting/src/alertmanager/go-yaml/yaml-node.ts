import type { WrittenScalar } from './scalar';

/** A part of a YAML file, aliases resolved. `offset` is where it begins in the text. */
export type YamlNode = YamlScalar | YamlList | YamlMapping;

/** Text, with or without quotes. */
export interface YamlScalar extends WrittenScalar {
  kind: 'scalar';
  offset: number;
}

/** A sequence. */
interface YamlList {
  kind: 'list';
  offset: number;
  items: YamlNode[];
}

/** A mapping; keys may repeat, and `<<` is still among them. */
export interface YamlMapping {
  kind: 'mapping';
  offset: number;
  entries: { key: YamlNode; value: YamlNode }[];
}

/** Whether a key stands for merging another mapping into this one. */
export function isMergeKey(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.text === '<<' && node.isPlain && node.tag === null;
}
