import type { Field, GoType, ListType, MapType, StructCheck, StructType, TextCheck, TextType } from './go-type';

/** Any text. */
export const text: TextType = { kind: 'text', isString: true };
/** Text that nobody may see. */
export const secret: TextType = { kind: 'text', isString: true, isSecret: true };
export const bool: GoType = { kind: 'bool' };
export const any: GoType = { kind: 'any' };
export const integer: GoType = { kind: 'integer' };
export const unsigned: GoType = { kind: 'unsigned' };
export const float: GoType = { kind: 'float' };
/** Go's `time.Duration`. */
export const duration: GoType = { kind: 'duration' };

/** Text with a grammar. */
export function checkedText(check: TextCheck, options: Partial<Omit<TextType, 'kind' | 'check'>> = {}): TextType {
  return { kind: 'text', check, isString: false, ...options };
}

/** A list; `() =>` for types that hold themselves. */
export function list(of: GoType | (() => GoType), options: { refusesNull?: boolean } = {}): ListType {
  return { kind: 'list', of: typeof of === 'function' ? of : () => of, refusesNull: options.refusesNull ?? false };
}

/** A mapping with free keys. */
export function map(of: GoType, check?: MapType['check']): MapType {
  return { kind: 'map', of, ...(check && { check }) };
}

/** A mapping with known keys. */
export function struct(
  fields: Record<string, Field> | (() => Record<string, Field>),
  check?: StructCheck,
  options: { orText?: boolean } = {},
): StructType {
  return {
    kind: 'struct',
    fields: typeof fields === 'function' ? fields : () => fields,
    ...(check && { check }),
    ...options,
  };
}

/** Fields of one type. */
export function all(type: GoType, names: string): Record<string, Field> {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, { type }]),
  );
}

/** The same fields, known only from a version on. */
export function since(minor: number, fields: Record<string, Field>): Record<string, Field> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, since: minor }]));
}
