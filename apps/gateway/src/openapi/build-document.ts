import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { PATH_CLASS, QUERY_CLASS, SCHEMA_PREFIX, UPLOAD_TYPES } from './operation.decorator';
import { payloadSchemas, type JsonSchema } from './payload-schemas';
import { rawPaths } from './raw-paths';

interface Parameter {
  name: string;
  in: string;
  schema?: unknown;
}
type Operation = Record<string, unknown> & {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
};
type Paths = Record<string, Record<string, Operation>>;

const ANY_ID = { type: 'string', minLength: 1 };

const PROBLEM: JsonSchema = {
  type: 'object',
  description: 'RFC 9457 problem details',
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    request_id: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, code: { type: 'string' }, detail: { type: 'string' } },
        required: ['pointer', 'code', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'instance', 'request_id'],
};

/** What an operation is called, by its controller and method. */
export const operationIdOf = (controller: string, method: string): string =>
  `${controller.replace('Controller', '')}_${method}`;

/** The API description, made from the routes, the roles they ask for, and the classes they validate with. */
export function buildDocument(app: INestApplication, roles: ReadonlyMap<string, string>): OpenAPIObject {
  const info = new DocumentBuilder()
    .setTitle('AlertAgent')
    .setDescription('Rules proven live, alerts never lost, decisions explained.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'token')
    .addSecurityRequirements('token')
    .build();
  const document = SwaggerModule.createDocument(app, info, {
    operationIdFactory: operationIdOf,
  });
  const paths = { ...document.paths } as unknown as Paths;
  // Some addresses have operations of both kinds.
  for (const [path, operations] of Object.entries(rawPaths)) {
    paths[path] = { ...paths[path], ...(operations as Record<string, Operation>) };
  }
  const schemas: Record<string, JsonSchema> = { ...payloadSchemas(), Problem: PROBLEM };
  for (const [path, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      nameQueryParameters(operation, schemas);
      namePathParameters(operation, path, schemas);
      nameRole(operation, roles);
      nameUploads(operation);
    }
  }
  const used = usedSchemas(paths, schemas);
  return {
    ...document,
    paths: sorted(paths),
    components: {
      ...document.components,
      schemas: sorted(Object.fromEntries(used.map((name) => [name, schemas[name]]))),
    },
  } as unknown as OpenAPIObject;
}

function nameQueryParameters(operation: Operation, schemas: Record<string, JsonSchema>): void {
  const name = operation[QUERY_CLASS];
  delete operation[QUERY_CLASS];
  if (typeof name !== 'string') return;
  const { properties = {}, required = [] } = schemas[name] ?? {};
  const parameters = Object.entries(properties).map(([field, schema]) => ({
    name: field,
    in: 'query',
    required: required.includes(field),
    schema,
  }));
  operation.parameters = [...(operation.parameters ?? []), ...parameters];
}

/** Routes take them apart by their class and not one by one, so the framework does not see them. */
function namePathParameters(operation: Operation, path: string, schemas: Record<string, JsonSchema>): void {
  const { parameters = [] } = operation;
  const known = schemas[String(operation[PATH_CLASS])]?.properties ?? {};
  delete operation[PATH_CLASS];
  const missing = [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name]) => ({ name: name!, in: 'path', required: true, schema: known[name!] ?? ANY_ID }))
    .filter(({ name }) => !parameters.some((one) => one.in === 'path' && one.name === name));
  const chosen = parameters.map((one) => (one.in === 'path' ? { ...one, schema: known[one.name] ?? one.schema } : one));
  operation.parameters = [...missing, ...chosen];
}

function nameRole(operation: Operation, roles: ReadonlyMap<string, string>): void {
  const role = roles.get(String(operation['operationId']));
  if (role !== undefined) operation['x-required-role'] = role;
}

/** Files that a route takes instead of JSON, each by its content type. */
function nameUploads(operation: Operation): void {
  const types = operation[UPLOAD_TYPES];
  delete operation[UPLOAD_TYPES];
  if (!Array.isArray(types) || !operation.requestBody) return;
  for (const type of types as string[]) operation.requestBody.content[type] = { schema: { type: 'string' } };
}

/** Names of the schemas that paths refer to, directly or through others. */
function usedSchemas(paths: Paths, schemas: Record<string, JsonSchema>): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(new RegExp(`"${SCHEMA_PREFIX}([A-Za-z0-9]+)"`, 'g'))) {
      if (!name || found.has(name)) continue;
      if (!schemas[name]) throw new Error(`the API description refers to ${name}, which has no validators`);
      found.add(name);
      visit(schemas[name]);
    }
  };
  visit(paths);
  return [...found];
}

const sorted = <T>(record: Record<string, T>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
