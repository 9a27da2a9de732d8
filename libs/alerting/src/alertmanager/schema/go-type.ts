/** How Alertmanager's Go code takes a value of its configuration. */
export type GoType = TextType | NumberType | ListType | MapType | StructType | { kind: 'bool' } | { kind: 'any' };

/** What a check of a single value may need to know. */
export interface ValueContext {
  /** Second number of the target's version. */
  minor: number;
}

/** Says why a text is refused, or null. */
export type TextCheck = (text: string, context: ValueContext) => string | null;

/** Text, perhaps with a grammar. */
export interface TextType {
  kind: 'text';
  check?: TextCheck;
  /** Its value must not be shown, stored or logged in the clear. */
  isSecret?: boolean;
  /** Go keeps it as a string, so that even a quoted "null" is one. */
  isString: boolean;
  /** Second number of the first version that checks nothing (`~`) as if it were an empty text; the first there ever was unless told. */
  checksNothingSince?: number;
}

/** Numbers; Go's `time.Duration` takes a whole number of nanoseconds, or text. */
interface NumberType {
  kind: 'integer' | 'unsigned' | 'float' | 'duration';
}

/** A list. With `refusesNull` a null among its items makes Alertmanager crash or refuse. */
export interface ListType {
  kind: 'list';
  of: () => GoType;
  refusesNull: boolean;
}

/** A mapping with free keys. */
export interface MapType {
  kind: 'map';
  of: GoType;
  /** Says why a key with its value is refused, or null. */
  check?: (key: string, value: GoValue, context: ValueContext) => string | null;
}

/** A mapping with known keys. */
export interface StructType {
  kind: 'struct';
  /** Its fields; looked up late, because routes hold routes. */
  fields: () => Readonly<Record<string, Field>>;
  check?: StructCheck;
  /** Text may stand for the whole of it. */
  orText?: boolean;
}

/** A field of a struct, and the first version that knows it; without one, all do. */
export interface Field {
  type: GoType;
  since?: number;
}

/** A decoded value: absent fields are left out, null is kept. */
export type GoValue = string | number | boolean | null | GoValue[] | { [key: string]: GoValue };

/** Tells what is wrong with the values of a struct together. */
export type StructCheck = (values: StructValues, report: StructReport, context: ValueContext) => void;

/** `field` is the one to point to, or null for the struct. */
export type StructReport = (check: string, message: string, field?: string) => void;

/** The values of a struct as Go would see them: absent and null text is "". */
export class StructValues {
  constructor(private readonly values: Readonly<Record<string, GoValue>>) {}

  /** Text of a field, "" when it has none. */
  text(name: string): string {
    const value = this.values[name];
    return typeof value === 'string' ? value : '';
  }

  /** Whether a field that Go keeps as a pointer has a value, be it empty. */
  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  /** Whether a field was written, be it as null. */
  isWritten(name: string): boolean {
    return this.values[name] !== undefined;
  }

  isTrue(name: string): boolean {
    return this.values[name] === true;
  }

  number(name: string): number {
    const value = this.values[name];
    return typeof value === 'number' ? value : 0;
  }

  list(name: string): GoValue[] {
    const value = this.values[name];
    return Array.isArray(value) ? value : [];
  }

  struct(name: string): StructValues {
    return new StructValues(this.record(name));
  }

  record(name: string): Readonly<Record<string, GoValue>> {
    const value = this.values[name];
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  }
}
