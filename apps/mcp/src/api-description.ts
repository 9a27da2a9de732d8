import type { Tool } from './tools';

/** A JSON schema, as far as it is looked into here. */
export type Schema = Record<string, unknown>;

interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface Operation {
  summary?: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
}

/** The part of an OpenAPI document that tools are made from. */
export interface ApiDescription {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** An operation as a tool needs it. */
export interface ToolOperation {
  description: string;
  /** Of an object with path, query and body arguments side by side. */
  inputSchema: Schema & { type: 'object'; properties: Record<string, Schema> };
  inPath: readonly string[];
  inQuery: readonly string[];
  /** Null for an operation without a body. */
  inBody: readonly string[] | null;
}

const PREFIX = '/api/v1';
const REFERENCE = '#/components/schemas/';

/**
 * The operation of a tool, from the description that the very server gives of itself: names, bounds and texts are those of its REST API.
 * Null when that server has no such operation.
 */
export function operationOf(api: ApiDescription, tool: Tool): ToolOperation | null {
  const operation = api.paths[PREFIX + tool.path]?.[tool.method];
  if (!operation) return null;
  const parameters = (operation.parameters ?? []).filter(({ in: place }) => place !== 'header');
  const bodySchema = operation.requestBody?.content['application/json']?.schema;
  const body = bodySchema === undefined ? null : resolved(api, bodySchema);
  const bodyProperties = (body?.['properties'] ?? {}) as Record<string, Schema>;
  const properties: Record<string, Schema> = { ...bodyProperties };
  for (const { name, schema, description } of parameters)
    properties[name] = description === undefined ? schema : { description, ...schema };
  const required = [
    ...parameters.filter((parameter) => parameter.required || parameter.in === 'path').map(({ name }) => name),
    ...((body?.['required'] ?? []) as string[]),
  ];
  const definitions: Record<string, Schema> = {};
  const rewritten = rewrite(api, properties, definitions) as Record<string, Schema>;
  const named = (place: string): string[] => parameters.filter((one) => one.in === place).map(({ name }) => name);
  return {
    description: [operation.summary, operation.description, tool.hint].filter(Boolean).join('. '),
    inputSchema: {
      type: 'object',
      properties: rewritten,
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: false,
      ...(Object.keys(definitions).length > 0 ? { $defs: definitions } : {}),
    },
    inPath: named('path'),
    inQuery: named('query'),
    inBody: body === null ? null : Object.keys(bodyProperties),
  };
}

/** The schema itself behind a reference, and behind an `allOf` of one. */
function resolved(api: ApiDescription, schema: Schema): Schema {
  const reference = schema['$ref'];
  if (typeof reference === 'string') return resolved(api, api.components.schemas[reference.slice(REFERENCE.length)]!);
  const all = schema['allOf'];
  return Array.isArray(all) && all.length === 1 ? resolved(api, all[0] as Schema) : schema;
}

/** A copy whose references lead into `definitions`, which gets whatever is referred to. */
function rewrite(api: ApiDescription, value: unknown, definitions: Record<string, Schema>): unknown {
  if (Array.isArray(value)) return value.map((item) => rewrite(api, item, definitions));
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as Schema)['$ref'];
  if (typeof reference === 'string' && reference.startsWith(REFERENCE)) {
    const name = reference.slice(REFERENCE.length);
    if (!(name in definitions)) {
      definitions[name] = {};
      definitions[name] = rewrite(api, api.components.schemas[name], definitions) as Schema;
    }
    return { $ref: `#/$defs/${name}` };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(api, item, definitions)]));
}
