/** The part of JSON schema that the API description uses. */
export interface JsonSchema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  oneOf?: JsonSchema[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  required?: string[];
}

export type Schemas = Readonly<Record<string, JsonSchema>>;

/** The schema itself, or the one it refers to. */
export function resolved(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (schemas[name] ?? {});
}

/** A field somewhere in a body. */
export interface BodyField {
  path: string[];
  schema: JsonSchema;
  required: boolean;
}

/** Every field of a body, those of nested objects included. */
export function fieldsOf(schema: JsonSchema, schemas: Schemas, path: readonly string[] = []): BodyField[] {
  const { properties = {}, required = [] } = resolved(schema, schemas);
  return Object.entries(properties).flatMap(([name, declared]) => {
    const here = [...path, name];
    const field = { path: here, schema: resolved(declared, schemas), required: required.includes(name) };
    return [field, ...(here.length < 4 ? fieldsOf(declared, schemas, here) : [])];
  });
}

/** A value that fits a schema as closely as a schema tells. */
export function exampleOf(schema: JsonSchema, schemas: Schemas): unknown {
  const {
    type,
    enum: allowed,
    properties = {},
    required = [],
    items,
    oneOf,
    anyOf,
    minimum,
  } = resolved(schema, schemas);
  if (allowed) return allowed[0];
  const [alternative] = oneOf ?? anyOf ?? [];
  if (alternative) return exampleOf(alternative, schemas);
  switch (type) {
    case 'integer':
    case 'number':
      return minimum ?? 1;
    case 'boolean':
      return true;
    case 'array':
      return items ? [exampleOf(items, schemas)] : [];
    case 'object':
      return Object.fromEntries(
        Object.entries(properties)
          .filter(([name]) => required.includes(name))
          .map(([name, property]) => [name, exampleOf(property, schemas)]),
      );
    case undefined:
    default:
      return 'text';
  }
}

const MARK = '@@raw@@';

/** The body as JSON text with the value at `path` replaced by exactly this text. */
export function withRaw(body: unknown, path: readonly string[], raw: string): string {
  const copy = structuredClone(body);
  let place = copy as Record<string, unknown>;
  for (const name of path.slice(0, -1)) {
    if (typeof place[name] !== 'object' || place[name] === null) place[name] = {};
    place = place[name] as Record<string, unknown>;
  }
  place[path.at(-1) ?? ''] = MARK;
  return JSON.stringify(copy).replace(`"${MARK}"`, () => raw);
}

/** The body as JSON text without the field at `path`. */
export function without(body: unknown, path: readonly string[]): string {
  const copy = structuredClone(body);
  let place = copy as Record<string, unknown> | undefined;
  for (const name of path.slice(0, -1)) place = place?.[name] as Record<string, unknown> | undefined;
  if (place) delete place[path.at(-1) ?? ''];
  return JSON.stringify(copy);
}
