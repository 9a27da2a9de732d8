import { excerpt, pointerTo } from '../problems';
import { isNothing, resolveScalar, type GoScalar } from '../go-yaml/scalar';
import { isMergeKey, type YamlMapping, type YamlNode, type YamlScalar } from '../go-yaml/yaml-node';
import { goDurationFault } from './go/duration';
import {
  StructValues,
  type GoType,
  type GoValue,
  type MapType,
  type StructType,
  type TextType,
} from './schema/go-type';

/** Something that decoding found: `pointer` says where in the document, `offset` where in the text. */
interface DecodeFault {
  check: string;
  message: string;
  pointer: string;
  offset: number;
}

/** A value with what is wrong with it, and where each of its parts stands. */
export interface Decoded {
  value: GoValue;
  faults: DecodeFault[];
  /** Offsets by pointer. */
  offsets: ReadonlyMap<string, number>;
  /** Pointers of the values that are secrets. */
  secrets: readonly string[];
}

type Path = readonly (string | number)[];

/** Reads a document into the types of Alertmanager's configuration as go-yaml v2 does in strict mode. */
export function decode(root: YamlNode, type: GoType, minor: number): Decoded {
  const decoder = new Decoder(minor);
  const value = decoder.value(root, type, []);
  return { value, faults: decoder.faults, offsets: decoder.offsets, secrets: decoder.secrets };
}

class Decoder {
  readonly faults: DecodeFault[] = [];
  readonly offsets = new Map<string, number>();
  readonly secrets: string[] = [];

  constructor(private readonly minor: number) {}

  value(node: YamlNode, type: GoType, path: Path): GoValue {
    this.offsets.set(pointerTo(...path), node.offset);
    if (node.kind === 'scalar' && isNothing(node)) return this.nothing(node, type, path);
    switch (type.kind) {
      case 'text':
        return this.text(node, type, path);
      case 'list':
        return this.list(node, type.of(), type.refusesNull, path);
      case 'map':
        return this.map(node, type, path);
      case 'struct':
        return this.struct(node, type, path);
      case 'any':
        return this.any(node, path);
      case 'bool':
      case 'integer':
      case 'unsigned':
      case 'float':
      case 'duration':
        return this.plain(node, type, path);
    }
  }

  /** Go leaves a string empty, and everything else as it was. */
  private nothing(node: YamlNode, type: GoType, path: Path): GoValue {
    if (type.kind !== 'text' || !type.isString || this.minor < (type.checksNothingSince ?? 0)) return null;
    const fault = type.check?.('', { minor: this.minor }) ?? null;
    if (fault !== null) this.fault('value', fault, node, path);
    return null;
  }

  private text(node: YamlNode, type: TextType, path: Path): GoValue {
    const scalar = this.scalar(node, path, 'text');
    if (scalar === null || node.kind !== 'scalar') return null;
    // go-yaml compares with "null" before it asks whether there are quotes.
    if (!type.isString && !node.isPlain && (node.text === 'null' || node.text === '~')) {
      this.fault('type', `must not be "${node.text}"`, node, path);
      return null;
    }
    const text = scalar.tag === 'null' ? '' : scalar.tag === 'str' ? scalar.value : node.text;
    if (type.isSecret) this.secrets.push(pointerTo(...path));
    const fault = type.check?.(text, { minor: this.minor }) ?? null;
    if (fault !== null) this.fault('value', fault, node, path);
    return text;
  }

  private plain(node: YamlNode, type: GoType, path: Path): GoValue {
    const scalar = this.scalar(node, path, NAMES[type.kind] ?? type.kind);
    if (scalar === null || scalar.tag === 'null') return null;
    const isNumber = scalar.tag === 'int' || scalar.tag === 'float';
    if (type.kind === 'bool' && scalar.tag === 'bool') return scalar.value;
    if (type.kind === 'float' && isNumber) return scalar.value;
    if (type.kind === 'integer' && isNumber && scalar.value <= 2 ** 63) return Math.trunc(scalar.value);
    if (
      type.kind === 'unsigned' &&
      isNumber &&
      scalar.value <= 2 ** 64 &&
      !(scalar.tag === 'int' && scalar.value < 0)
    ) {
      return Math.trunc(scalar.value);
    }
    if (type.kind === 'duration' && isNumber) return Math.trunc(scalar.value);
    if (type.kind === 'duration' && scalar.tag === 'str' && goDurationFault(scalar.value) === null) return scalar.value;
    this.fault('type', `must be ${NAMES[type.kind] ?? type.kind}`, node, path);
    return null;
  }

  private scalar(node: YamlNode, path: Path, what: string): GoScalar | null {
    if (node.kind !== 'scalar') {
      this.fault('type', `must be ${what}, not a ${node.kind}`, node, path);
      return null;
    }
    return this.resolved(node, path);
  }

  private resolved(node: YamlScalar, path: Path): GoScalar | null {
    try {
      return resolveScalar(node);
    } catch (error) {
      this.fault('type', error instanceof Error ? error.message : 'is not readable', node, path);
      return null;
    }
  }

  private list(node: YamlNode, of: GoType, refusesNull: boolean, path: Path): GoValue {
    if (node.kind !== 'list') {
      if (node.kind === 'scalar' && this.resolved(node, path)?.tag === 'null') return null;
      this.fault('type', 'must be a list', node, path);
      return null;
    }
    return node.items.map((item, index) => {
      const value = this.value(item, of, [...path, index]);
      if (value === null && refusesNull && item.kind === 'scalar' && isNothing(item)) {
        this.fault('empty_item', 'must not be empty: Alertmanager crashes on it', item, [...path, index]);
      }
      return value;
    });
  }

  private map(node: YamlNode, type: MapType, path: Path): GoValue {
    const mapping = this.mapping(node, path);
    if (mapping === null) return null;
    const result: Record<string, GoValue> = Object.create(null) as Record<string, GoValue>;
    this.fillMap(mapping, type, path, result);
    return result;
  }

  private fillMap(node: YamlMapping, type: MapType, path: Path, into: Record<string, GoValue>): void {
    for (const { key, value } of node.entries) {
      if (isMergeKey(key)) {
        for (const merged of this.merged(value, path)) this.fillMap(merged, type, path, into);
        continue;
      }
      const name = this.keyOf(key, path);
      if (name === null) continue;
      const at = [...path, name];
      const read = this.value(value, type.of, at);
      // A mapping that was merged in counts as well: only structs let its keys be replaced.
      if (name in into) this.fault('duplicate_key', `"${excerpt(name)}" is set twice`, key, at);
      into[name] = read;
      const fault = type.check?.(name, read, { minor: this.minor }) ?? null;
      if (fault !== null) this.fault('value', fault, key, at);
    }
  }

  /** One of the longer words for null is an empty struct, not none. */
  private struct(node: YamlNode, type: StructType, path: Path): GoValue {
    if (type.orText && node.kind === 'scalar') return this.text(node, { kind: 'text', isString: true }, path);
    const values: Record<string, GoValue> = {};
    const before = this.faults.length;
    const mapping = this.mapping(node, path);
    if (mapping !== null) this.fillStruct(mapping, type, path, values);
    // Go checks a struct only after all of it could be read.
    if (this.faults.length === before) {
      type.check?.(
        new StructValues(values),
        (check, message, field) => {
          const at = field === undefined ? path : [...path, field];
          const offset = this.offsets.get(pointerTo(...at)) ?? node.offset;
          this.faults.push({ check, message, pointer: pointerTo(...at), offset });
        },
        { minor: this.minor },
      );
    }
    return values;
  }

  private fillStruct(node: YamlMapping, type: StructType, path: Path, into: Record<string, GoValue>): void {
    const fields = type.fields();
    const seen = new Set<string>();
    for (const { key, value } of node.entries) {
      if (isMergeKey(key)) {
        for (const merged of this.merged(value, path)) this.fillStruct(merged, type, path, into);
        continue;
      }
      const name = this.keyOf(key, path);
      if (name === null) continue;
      const at = [...path, name];
      const field = Object.hasOwn(fields, name) ? fields[name]! : undefined;
      if (!field || (field.since ?? 0) > this.minor) {
        this.unknownField(name, field?.since, key, at);
        continue;
      }
      if (seen.has(name)) this.fault('duplicate_key', `"${name}" is set twice`, key, at);
      seen.add(name);
      into[name] = this.value(value, field.type, at);
    }
  }

  private unknownField(name: string, knownSince: number | undefined, key: YamlNode, at: Path): void {
    if (knownSince === undefined)
      this.fault('unknown_field', `"${excerpt(name)}" is no field that Alertmanager knows here`, key, at);
    else
      this.fault(
        'newer_field',
        `"${name}" needs Alertmanager 0.${knownSince}, the target has 0.${this.minor}`,
        key,
        at,
      );
  }

  /** The mapping itself; null, with a fault unless it is nothing, for anything else. */
  private mapping(node: YamlNode, path: Path): YamlMapping | null {
    if (node.kind === 'mapping') return node;
    if (node.kind === 'scalar' && this.resolved(node, path)?.tag === 'null') return null;
    this.fault('type', `must be a mapping, not ${node.kind === 'list' ? 'a list' : 'text'}`, node, path);
    return null;
  }

  /** What `<<` brings in, in the order in which go-yaml applies it: of several, the first wins. */
  private merged(node: YamlNode, path: Path): YamlMapping[] {
    const sources = node.kind === 'list' ? [...node.items].reverse() : [node];
    return sources.flatMap((source) => {
      if (source.kind === 'mapping') return [source];
      this.fault('type', '"<<" needs a mapping, or a list of them', source, path);
      return [];
    });
  }

  private keyOf(node: YamlNode, path: Path): string | null {
    const scalar = this.scalar(node, path, 'text as a key');
    if (scalar === null || node.kind !== 'scalar') return null;
    return scalar.tag === 'null' ? '' : scalar.tag === 'str' ? scalar.value : node.text;
  }

  private any(node: YamlNode, path: Path): GoValue {
    if (node.kind === 'scalar') return this.resolved(node, path)?.value ?? null;
    if (node.kind === 'list')
      return node.items.map((item, index) => this.value(item, { kind: 'any' }, [...path, index]));
    return this.map(node, { kind: 'map', of: { kind: 'any' } }, path);
  }

  private fault(check: string, message: string, node: YamlNode, path: Path): void {
    this.faults.push({ check, message, pointer: pointerTo(...path), offset: node.offset });
  }
}

const NAMES: Readonly<Record<string, string>> = {
  bool: 'true or false',
  integer: 'a whole number',
  unsigned: 'a whole number, 0 or more',
  float: 'a number',
  duration: 'a duration such as 30s',
};
