import { offsetInScalar } from '../../go-yaml/offset-in-scalar';
import { readDocument, type TextPosition } from '../../go-yaml/read-document';
import { isMergeKey, keyIdentity, type YamlMapping, type YamlNode, type YamlScalar } from '../../go-yaml/yaml-node';
import { excerpt, pointerTo } from '../../problems';
import type { Grammar } from '../promql/grammar';
import { versionNumber } from '../promql/grammar';
import type { Pair, RuleContentToCheck } from './check-rule-content';
import { nearest } from '../promql/nearest';
import { isInteger, isNull, stringOf } from '../../go-yaml/scalar-v3';
import type { PlacedText, RuleProblem } from './problem';

/** A group of a rule file with the places of its texts. */
export interface ReadGroup {
  self: PlacedText;
  name: PlacedText | null;
  interval: PlacedText | null;
  queryOffset: PlacedText | null;
  labels: Pair[];
  rules: RuleContentToCheck[];
}

/** What could be read of a rule file, and everything for which Go would not read it. */
export interface ReadRuleFile {
  groups: ReadGroup[];
  problems: RuleProblem[];
}

type Path = readonly (string | number)[];
type Fields = Readonly<Record<string, (value: YamlNode, path: Path) => void>>;

/** Until then rules kept an alias by its name, and a null by its letters, for expression and name. */
const RESOLVES_NODES = versionNumber(3, 3);

/** Reads the first document of a rule file as Prometheus does: unknown fields, repeated keys and wrong types are refused. */
export function readRuleFileText(text: string, grammar: Grammar): ReadRuleFile {
  const document = readDocument(text, 3);
  if ('fault' in document) {
    const { fault, offset, position } = document;
    const problem = { check: 'yaml/syntax', severity: 'error' as const, message: `the file ${fault}`, fix: null };
    return { groups: [], problems: [{ ...problem, ...position(offset), pointer: '' }] };
  }
  const reader = new RuleFileReader(text, document.position, grammar);
  if (document.root) reader.file(document.root);
  return { groups: reader.groups, problems: reader.problems };
}

class RuleFileReader {
  readonly groups: ReadGroup[] = [];
  readonly problems: RuleProblem[] = [];

  constructor(
    private readonly text: string,
    private readonly position: (offset: number) => TextPosition,
    private readonly grammar: Grammar,
  ) {}

  file(root: YamlNode): void {
    this.struct(root, [], 'a rule file', {
      groups: (node, path) => this.list(node, path, (item, at) => this.group(item, at)),
    });
  }

  private group(node: YamlNode, path: Path): void {
    const group: ReadGroup = {
      self: this.placed(node, '', path),
      name: null,
      interval: null,
      queryOffset: null,
      labels: [],
      rules: [],
    };
    const { queryOffset, groupLabels } = this.grammar;
    this.struct(node, path, 'a group', {
      name: (value, at) => (group.name = this.string(value, at)),
      interval: (value, at) => (group.interval = this.string(value, at)),
      limit: (value, at) => this.integer(value, at),
      rules: (value, at) => this.list(value, at, (item, place) => group.rules.push(this.rule(item, place))),
      ...(queryOffset
        ? { query_offset: (value: YamlNode, at: Path) => (group.queryOffset = this.string(value, at)) }
        : {}),
      ...(groupLabels ? { labels: (value: YamlNode, at: Path) => this.pairs(value, at, group.labels) } : {}),
    });
    this.groups.push(group);
  }

  private rule(node: YamlNode, path: Path): RuleContentToCheck {
    const rule = {
      self: this.placed(node, '', path),
      alert: null as PlacedText | null,
      record: null as PlacedText | null,
      expr: null as PlacedText | null,
      for: null as PlacedText | null,
      keepFiringFor: null as PlacedText | null,
      labels: [] as Pair[],
      annotations: [] as Pair[],
    };
    this.struct(node, path, 'a rule', {
      alert: (value, at) => (rule.alert = this.written(value, at)),
      record: (value, at) => (rule.record = this.written(value, at)),
      expr: (value, at) => (rule.expr = this.written(value, at)),
      for: (value, at) => (rule.for = this.string(value, at)),
      keep_firing_for: (value, at) => (rule.keepFiringFor = this.string(value, at)),
      labels: (value, at) => this.pairs(value, at, rule.labels),
      annotations: (value, at) => this.pairs(value, at, rule.annotations),
    });
    return rule;
  }

  /** A struct of Go: known fields only. What `<<` brings in counts where the field is not set beside it. */
  private struct(node: YamlNode, path: Path, what: string, fields: Fields, set: Set<string> | null = null): void {
    const mapping = this.mapping(node, path, what);
    if (!mapping) return;
    const here = new Set<string>();
    let merge: YamlNode | null = null;
    for (const { key, value } of mapping.entries) {
      if (isMergeKey(key)) {
        merge = value;
        continue;
      }
      const name = this.key(key, path);
      if (name === null || set?.has(name)) continue;
      here.add(name);
      const read = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (read) read(value, [...path, name]);
      else this.unknownField(name, key, [...path, name], what, Object.keys(fields));
    }
    if (!merge) return;
    const known = new Set([...(set ?? []), ...here]);
    for (const source of this.merged(merge, path)) {
      this.struct(source, path, what, fields, known);
      for (const name of namesOf(source)) known.add(name);
    }
  }

  private unknownField(name: string, key: YamlNode, path: Path, what: string, known: string[]): void {
    const newer = { query_offset: '2.53', labels: '3.0' }[name];
    const isNewer = what === 'a group' && newer !== undefined;
    const message = isNewer
      ? `"${name}" of a group needs Prometheus ${newer}`
      : `"${excerpt(name)}" is no field of ${what}`;
    const fix = isNewer ? null : fieldMeant(name, known);
    this.fault('yaml/unknown-field', message, key, path, fix);
  }

  private pairs(node: YamlNode, path: Path, into: Pair[], set: Set<string> | null = null): void {
    const mapping = this.mapping(node, path, 'a mapping of text');
    if (!mapping) return;
    const here = new Set(set);
    let merge: YamlNode | null = null;
    for (const { key, value } of mapping.entries) {
      if (isMergeKey(key)) {
        merge = value;
        continue;
      }
      const name = this.key(key, path);
      if (name === null || here.has(name)) continue;
      here.add(name);
      const at = [...path, name];
      const text = this.string(value, at);
      if (text === null && !isNullNode(value)) continue;
      into.push({ name: this.placed(key, name, at), value: text ?? this.placed(value, '', at) });
    }
    if (!merge) return;
    for (const source of this.merged(merge, path)) {
      this.pairs(source, path, into, here);
      for (const name of namesOf(source)) here.add(name);
    }
  }

  private merged(node: YamlNode, path: Path): YamlNode[] {
    const sources = node.kind === 'list' && node.alias === undefined ? node.items : [node];
    return sources.filter((source) => {
      if (source.kind === 'mapping') return true;
      this.fault('yaml/type', '"<<" needs a mapping, or a list of them', source, path);
      return false;
    });
  }

  /** A mapping whose keys do not repeat; null for nothing, or with a fault for anything else. */
  private mapping(node: YamlNode, path: Path, what: string): YamlMapping | null {
    if (isNullNode(node)) return null;
    if (node.kind !== 'mapping') {
      this.fault('yaml/type', `${what} must be a mapping, not ${node.kind === 'list' ? 'a list' : 'text'}`, node, path);
      return null;
    }
    const seen = new Set<string>();
    let repeats = false;
    for (const { key } of node.entries) {
      const id = keyIdentity(key);
      if (seen.has(id)) {
        const name = key.kind === 'scalar' ? key.text : '';
        this.fault('yaml/duplicate-key', `"${excerpt(name)}" is set twice`, key, [...path, name]);
        repeats = true;
      }
      seen.add(id);
    }
    return repeats ? null : node;
  }

  private list(node: YamlNode, path: Path, each: (item: YamlNode, path: Path) => void): void {
    if (isNullNode(node)) return;
    if (node.kind !== 'list') {
      this.fault('yaml/type', `must be a list, not ${node.kind === 'mapping' ? 'a mapping' : 'text'}`, node, path);
      return;
    }
    // Go leaves nothing out of a list as if it were not there.
    node.items.forEach((item, index) => {
      if (!isNullNode(item)) each(item, [...path, index]);
    });
  }

  private key(node: YamlNode, path: Path): string | null {
    if (isNullNode(node)) return null;
    if (node.kind !== 'scalar') {
      this.fault('yaml/type', 'a key must be text', node, path);
      return null;
    }
    return this.resolved(node, path);
  }

  private string(node: YamlNode, path: Path): PlacedText | null {
    if (isNullNode(node)) return null;
    if (node.kind !== 'scalar') {
      this.fault('yaml/type', `must be text, not a ${node.kind}`, node, path);
      return null;
    }
    const text = this.resolved(node, path);
    return text === null ? null : this.placed(node, text, path);
  }

  /** A name or an expression: older versions look at what was written, not at what it means. */
  private written(node: YamlNode, path: Path): PlacedText | null {
    if (this.grammar.number >= RESOLVES_NODES) return this.string(node, path);
    if (node.alias !== undefined) return this.placed(node, node.alias, path);
    return this.placed(node, node.kind === 'scalar' ? node.text : '', path);
  }

  private integer(node: YamlNode, path: Path): void {
    if (isNullNode(node) || (node.kind === 'scalar' && isInteger(node))) return;
    this.fault('yaml/type', 'must be a whole number', node, path);
  }

  private resolved(node: YamlScalar, path: Path): string | null {
    const read = stringOf(node);
    if ('text' in read) return read.text;
    this.fault('yaml/type', read.fault, node, path);
    return null;
  }

  private placed(node: YamlNode, text: string, path: Path): PlacedText {
    const place = (offset: number): TextPosition => {
      const isText = node.kind === 'scalar' && node.text === text && node.style !== undefined;
      return this.position(isText ? offsetInScalar(this.text, node, offset) : node.offset);
    };
    return { text, pointer: pointerTo(...path), place };
  }

  private fault(check: string, message: string, node: YamlNode, path: Path, fix: string | null = null): void {
    const pointer = pointerTo(...path);
    this.problems.push({ check, severity: 'error', message, ...this.position(node.offset), pointer, fix });
  }
}

function isNullNode(node: YamlNode): boolean {
  return node.kind === 'scalar' && isNull(node);
}

function namesOf(node: YamlNode): string[] {
  if (node.kind !== 'mapping') return [];
  return node.entries.flatMap(({ key }) => (key.kind === 'scalar' ? [key.text] : []));
}

const MISTAKEN_FIELDS: Readonly<Record<string, string>> = {
  expression: 'expr',
  duration: 'for',
  name: 'alert',
  title: 'alert',
  rule: 'rules',
  group: 'groups',
  label: 'labels',
  annotation: 'annotations',
  keepFiringFor: 'keep_firing_for',
  queryOffset: 'query_offset',
};

function fieldMeant(name: string, known: string[]): string | null {
  const meant = Object.hasOwn(MISTAKEN_FIELDS, name) ? MISTAKEN_FIELDS[name]! : nearest(name, known);
  return meant !== null && known.includes(meant) ? meant : null;
}
