import type { Payload } from '@alertagent/contracts';
import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtension, ApiOperation, ApiResponse } from '@nestjs/swagger';

/** What the API description says about a route. The classes are those the route validates with. */
export interface OperationOptions {
  summary: string;
  description?: string;
  body?: Payload<object>;
  /** Content types of files that are taken as they are, instead of the body in JSON. */
  uploads?: readonly string[];
  /** The most bytes of a body, where it is not what all other routes take. */
  largestBody?: number;
  query?: Payload<object>;
  /** Tells what a name in the path may be, where the sender chooses it. */
  path?: Payload<object>;
  /** Status of success; 200 unless told. */
  status?: number;
  response?: Payload<object>;
  /** The answer is a stream of server-sent events instead of one body. */
  isEventStream?: boolean;
  /** The answer is text in YAML. */
  isYaml?: boolean;
}

/** Name of the class whose fields are the route's query parameters; the document builder replaces it by them. */
export const QUERY_CLASS = 'x-query-class';
/** Name of the class whose fields say what the parameters in the path may be; the document builder replaces it. */
export const PATH_CLASS = 'x-path-class';
/** Content types a body may have besides JSON; the document builder adds them to the body. */
export const UPLOAD_TYPES = 'x-upload-types';
/** The most bytes of a body; part of the description. */
const LARGEST_BODY = 'x-largest-body';
export const SCHEMA_PREFIX = '#/components/schemas/';

const schemaRef = (type: Payload<object>): { $ref: string } => ({ $ref: `${SCHEMA_PREFIX}${type.name}` });
const PROBLEM = { 'application/problem+json': { schema: { $ref: `${SCHEMA_PREFIX}Problem` } } };

/** Describes a route by the very classes that validate it, so that the description can't drift from the behaviour. */
export function Operation({
  summary,
  description,
  body,
  uploads,
  largestBody,
  query,
  path,
  status = 200,
  response,
  isEventStream = false,
  isYaml = false,
}: OperationOptions): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary, description }),
    ...(query ? [ApiExtension(QUERY_CLASS, query.name)] : []),
    ...(path ? [ApiExtension(PATH_CLASS, path.name)] : []),
    ...(uploads ? [ApiExtension(UPLOAD_TYPES, uploads)] : []),
    ...(largestBody ? [ApiExtension(LARGEST_BODY, largestBody)] : []),
    ...(body ? [ApiBody({ schema: schemaRef(body), required: true })] : []),
    ApiResponse({
      status,
      description: 'Done',
      ...(response ? { content: { 'application/json': { schema: schemaRef(response) } } } : {}),
      ...(isYaml ? { content: { 'application/yaml': { schema: { type: 'string' } } } } : {}),
      ...(isEventStream ? { content: { 'text/event-stream': { schema: { type: 'string' } } } } : {}),
    }),
    ApiResponse({ status: 'default', description: 'What went wrong', content: PROBLEM }),
  );
}
