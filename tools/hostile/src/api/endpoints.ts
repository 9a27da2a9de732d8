import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleOf, resolved, type JsonSchema, type Schemas } from './json-schema';
import { VALID_BODIES, type BodyPurpose } from './valid-bodies';

/**
 * Which part of the gateway an endpoint belongs to: W webhook, R rules, K clusters, C configurations, A analysis and
 * escalation, X automation, U tokens, P health and metrics, S streams that stay open, L the other lists and what acts on
 * their items.
 */
export const GROUPS = ['W', 'R', 'K', 'C', 'A', 'X', 'U', 'P', 'S', 'L'] as const;
export type Group = (typeof GROUPS)[number];

/** One operation of the gateway. */
export interface Endpoint {
  /** Method and path, e.g. `GET /api/v1/rules/{id}`. */
  name: string;
  method: string;
  path: string;
  group: Group;
  /** Null for operations that take no body. */
  body: JsonSchema | null;
  /** Name of the body's schema; empty when it has none of its own. */
  bodyName: string;
  /** Content types it takes. */
  takes: readonly string[];
  /** Parameters of the path that the sender chooses, and what they may be; the others are ids of what exists. */
  chosenNames: ReadonlyMap<string, RegExp>;
  /** The most bytes it takes. */
  largestBody: number;
  query: readonly { name: string; schema: JsonSchema }[];
  /** Open without a token. */
  isPublic: boolean;
  /** Whether a viewer must be refused. */
  isForOperators: boolean;
  /** Statuses of success. */
  success: readonly number[];
}

/** The API as the gateway describes it. */
export interface Api {
  endpoints: readonly Endpoint[];
  schemas: Schemas;
}

interface Description {
  paths: Record<string, Record<string, DescribedOperation>>;
  components: { schemas: Schemas };
}

interface DescribedOperation {
  parameters?: { name: string; in: string; schema?: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  /** Where it differs from what all others take. */
  'x-largest-body'?: number;
  'x-required-role'?: string;
  responses: Record<string, object>;
}

export const WEBHOOK = '/api/v1/alerts/webhook';
/** Takes a list of alerts without an envelope, as Prometheus sends it. */
export const BARE_ALERTS = '/api/v2/alerts';
/** 1 MB, unless the description tells otherwise. */
const ORDINARY_BODY = 1024 * 1024;
const PUBLIC = new Set(['/health', '/ready']);

const GROUP_OF: readonly [prefix: RegExp, group: Group][] = [
  [/^POST \/api\/v1\/alerts\/(webhook|sources\/\{id\})/, 'W'],
  [/^POST \/api\/v2\/alerts$/, 'W'],
  [/^GET \/api\/v1\/live$/, 'S'],
  [/ \/api\/v1\/rules/, 'R'],
  [/ \/api\/v1\/(clusters|alertmanagers)/, 'K'],
  [/ \/api\/v1\/configs/, 'C'],
  [/ \/api\/v1\/alerts\/(analyze|escalate)/, 'A'],
  [/ \/api\/v1\/automation/, 'X'],
  [/ \/api\/v1\/tokens/, 'U'],
  [/ \/(health|ready|metrics)$/, 'P'],
];

/** Reads the checked-in API description. */
export function readApi(file = join(__dirname, '../../../../apps/gateway/openapi.json')): Api {
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as Description;
  const endpoints = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => endpointOf(method.toUpperCase(), path, operation)),
  );
  return { endpoints, schemas: components.schemas };
}

function endpointOf(
  method: string,
  path: string,
  { parameters = [], requestBody, responses, ...more }: DescribedOperation,
): Endpoint {
  const role = more['x-required-role'];
  const body = requestBody?.content['application/json']?.schema ?? null;
  return {
    name: `${method} ${path}`,
    method,
    path,
    group: GROUP_OF.find(([prefix]) => prefix.test(`${method} ${path}`))?.[1] ?? 'L',
    body,
    bodyName: body?.$ref?.split('/').at(-1) ?? '',
    takes: Object.keys(requestBody?.content ?? {}),
    largestBody: more['x-largest-body'] ?? ORDINARY_BODY,
    chosenNames: new Map(
      parameters.flatMap(({ name, in: place, schema }) =>
        place === 'path' && schema?.pattern ? [[name, new RegExp(schema.pattern, 'u')]] : [],
      ),
    ),
    query: parameters.filter((one) => one.in === 'query').map(({ name, schema }) => ({ name, schema: schema ?? {} })),
    isPublic: PUBLIC.has(path),
    isForOperators: role === undefined ? method !== 'GET' : role !== 'viewer',
    success: Object.keys(responses)
      .map(Number)
      .filter((status) => status >= 200 && status < 300),
  };
}

/** A valid body for an endpoint: a known one, else what its schema tells. */
export function validBody(endpoint: Endpoint, schemas: Schemas, purpose: BodyPurpose): unknown {
  const known = VALID_BODIES[endpoint.bodyName];
  return known ? known(purpose) : exampleOf(resolved(endpoint.body ?? {}, schemas), schemas);
}
