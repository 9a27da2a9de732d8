import { readDocument, type TextPosition } from '../../go-yaml/read-document';
import { integerOf, isInteger, isNull, stringOf } from '../../go-yaml/scalar-v3';
import { isMergeKey, keyIdentity, type YamlMapping, type YamlNode } from '../../go-yaml/yaml-node';
import { excerpt } from '../../problems';
import { mergeInto, nothingAt, YamlFault, type YamlEntry, type YamlTree } from './yaml-tree';

/** The largest body that an import takes. */
const LONGEST = 8 * 1024 * 1024;

/**
 * Reads a rule file of UTF-8 as Prometheus does: its first document, by the rules of go-yaml v3. `next` is where a second document begins, which
 * Prometheus does not look at. Throws a {@link YamlFault}.
 */
export function readRuleFileYaml(text: string): { tree: YamlTree | null; next: TextPosition | null } {
  const document = readDocument(text, 3, { longest: LONGEST, isUtf8: true });
  const { position } = document;
  if ('fault' in document) throw new YamlFault(`the file ${document.fault}`, position(document.offset));
  const { root, next } = document;
  return { tree: root && treeOf(root, position), next: next === null ? null : position(next) };
}

type Position = (offset: number) => TextPosition;

function treeOf(node: YamlNode, position: Position): YamlTree {
  const place = position(node.offset);
  if (node.kind === 'list') return { kind: 'list', place, items: node.items.map((item) => treeOf(item, position)) };
  if (node.kind === 'mapping') return { kind: 'map', place, entries: entriesOf(node, position) };
  if (isNull(node)) return nothingAt(place);
  const read = stringOf(node);
  if ('fault' in read) throw new YamlFault(read.fault, place);
  return {
    kind: 'text',
    text: read.text,
    isNull: false,
    whole: isInteger(node) ? Number(integerOf(node)) : null,
    place,
  };
}

function entriesOf({ entries }: YamlMapping, position: Position): YamlEntry[] {
  const own = new Map<string, YamlEntry>();
  const seen = new Set<string>();
  let merged: YamlTree | null = null;
  for (const { key, value } of entries) {
    const identity = keyIdentity(key);
    const keyPlace = position(key.offset);
    if (seen.has(identity)) throw new YamlFault(`the key "${excerpt(nameOf(key))}" is set twice`, keyPlace);
    seen.add(identity);
    if (isMergeKey(key)) {
      merged = treeOf(value, position);
      continue;
    }
    const name = treeOf(key, position);
    if (name.kind !== 'text') throw new YamlFault('a key must be a text', keyPlace);
    // Of a key that says nothing Go makes nothing; of two that come to the same text by different ways it takes the first.
    if (name.isNull || own.has(name.text)) continue;
    own.set(name.text, { key: name.text, keyPlace, value: treeOf(value, position) });
  }
  if (merged) mergeInto(own, merged);
  return [...own.values()];
}

const nameOf = (key: YamlNode): string => (key.kind === 'scalar' ? key.text : '');
