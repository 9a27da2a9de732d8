import type { YamlValue } from '../rendered-file';
import type { WrittenScalar } from './scalar';

/** A part of a YAML file, aliases resolved. `offset` is where it begins in the text. */
export type YamlNode = YamlScalar | YamlList | YamlMapping;

/** Text, with or without quotes. */
export interface YamlScalar extends WrittenScalar {
  kind: 'scalar';
  offset: number;
  /** How it is written; absent when it stands in no text. */
  style?: ScalarStyle;
  /** The name of the alias that stands for it here. */
  alias?: string;
}

/** The ways of writing text in YAML. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal' | 'folded';

/** A sequence. */
export interface YamlList {
  kind: 'list';
  offset: number;
  alias?: string;
  items: YamlNode[];
}

/** A mapping; keys may repeat, and `<<` is still among them. */
export interface YamlMapping {
  kind: 'mapping';
  offset: number;
  alias?: string;
  entries: { key: YamlNode; value: YamlNode }[];
}

/** Whether a key stands for merging another mapping into this one. */
export function isMergeKey(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.text === '<<' && node.isPlain && node.tag === null;
}

/** Keys are the same when they are written alike; an alias is not what it stands for. */
export function keyIdentity(key: YamlNode): string {
  if (key.alias !== undefined) return `alias ${key.alias}`;
  return key.kind === 'scalar' ? `scalar ${key.text}` : key.kind;
}

/** A value as the file that is rendered of it reads: all text in quotes. */
export function nodeOf(value: YamlValue): YamlNode {
  if (Array.isArray(value)) return { kind: 'list', offset: 0, items: value.map(nodeOf) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, child]) => ({ key: nodeOf(key), value: nodeOf(child) }));
    return { kind: 'mapping', offset: 0, entries };
  }
  return { kind: 'scalar', offset: 0, text: String(value), tag: null, isPlain: typeof value !== 'string' };
}
