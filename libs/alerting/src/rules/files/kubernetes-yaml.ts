import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments, Scalar, type ParsedNode } from 'yaml';
import { isCloseComment } from '../../go-yaml/close-comment';
import { excerpt } from '../../problems';
import type { TextPlace } from './rule-file-content';
import { mergeInto, nothingAt, YamlFault, type YamlEntry, type YamlTree } from './yaml-tree';

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const DEEPEST = 100;

/**
 * Reads every document of a text that may hold resources of Kubernetes: aliases and merge keys are followed, a key that comes twice is a
 * fault, and a scalar is its own text (`yes` and `1e3` stay what they are). An aliased node is shared and never copied, so a text cannot
 * make itself larger. Throws a {@link YamlFault}.
 */
export function readKubernetesDocuments(text: string): YamlTree[] {
  const lines = new LineCounter();
  const documents = parseDocuments(text, lines);
  return documents.flatMap((document) => {
    const fault = document.errors.find((error) => !isCloseComment(error, text));
    if (fault) throw new YamlFault(excerpt(fault.message), placeAt(lines, fault.pos[0]));
    return document.contents ? [new TreeBuilder(lines).build(document.contents, 0)] : [];
  });
}

function parseDocuments(text: string, lineCounter: LineCounter) {
  try {
    const read = parseAllDocuments(text, {
      schema: 'failsafe',
      lineCounter,
      prettyErrors: false,
      // Checked below: the library compares each key with each.
      uniqueKeys: false,
      logLevel: 'silent',
    });
    return Array.isArray(read) ? read : [];
  } catch (cause) {
    // Nested so deeply that the stack ran out.
    if (cause instanceof RangeError) throw new YamlFault('the text is nested too deeply', null);
    throw cause;
  }
}

function placeAt(lines: LineCounter, offset: number): TextPlace {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

class TreeBuilder {
  private readonly anchors = new Map<string, YamlTree>();

  constructor(private readonly lines: LineCounter) {}

  build(node: ParsedNode, depth: number): YamlTree {
    const place = placeAt(this.lines, node.range[0]);
    if (depth > DEEPEST) throw new YamlFault('the text is nested too deeply', place);
    if (isAlias(node)) {
      const target = this.anchors.get(node.source);
      if (!target) throw new YamlFault(`"*${excerpt(node.source)}" names no anchor before it`, place);
      return { ...target, place };
    }
    const tree = this.ofNode(node, place, depth);
    if (node.anchor) this.anchors.set(node.anchor, tree);
    return tree;
  }

  private ofNode(node: ParsedNode, place: TextPlace, depth: number): YamlTree {
    if (isScalar(node)) return scalar(node as Scalar, place);
    if (isSeq(node)) {
      return { kind: 'list', place, items: node.items.map((item) => this.build(item as ParsedNode, depth + 1)) };
    }
    if (!isMap(node)) throw new YamlFault('the text is no YAML that can be read', place);
    const own = new Map<string, YamlEntry>();
    const merged: YamlTree[] = [];
    for (const pair of node.items) {
      if (!isPair(pair) || !pair.key) continue;
      const key = this.build(pair.key as ParsedNode, depth + 1);
      if (key.kind !== 'text') throw new YamlFault('a key must be a text', key.place);
      const value: YamlTree = pair.value ? this.build(pair.value as ParsedNode, depth + 1) : nothingAt(key.place);
      if (key.text === '<<' && isScalar(pair.key) && pair.key.type === Scalar.PLAIN) {
        merged.push(value);
        continue;
      }
      if (own.has(key.text)) throw new YamlFault(`the key "${excerpt(key.text)}" is set twice`, key.place);
      own.set(key.text, { key: key.text, keyPlace: key.place, value });
    }
    for (const source of merged) mergeInto(own, source);
    return { kind: 'map', place, entries: [...own.values()] };
  }
}

function scalar(node: Scalar, place: TextPlace): YamlTree {
  const text = typeof node.value === 'string' ? node.value : '';
  const isPlain = node.type === Scalar.PLAIN;
  const isNull = node.tag === 'tag:yaml.org,2002:null' || (isPlain && !node.tag && NULLS.has(text));
  return { kind: 'text', text, isNull, whole: isPlain && /^[+-]?\d+$/.test(text) ? Number(text) : null, place };
}
