import { parsePayload, ServiceError, type Payload } from '@alertagent/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest } from '../access/access.decorators';
import { refuseControlCharacters } from './json-body';
import { jsonPointer } from './json-pointer';

interface RequestData extends AuthenticatedRequest {
  body: unknown;
  query: Record<string, unknown>;
}

/** The validated JSON body. Unknown fields are refused: a misspelt field must not be ignored silently. */
export const JsonBody = createParamDecorator(<T extends object>(type: Payload<T>, context: ExecutionContext): T => {
  const { body, principal } = context.switchToHttp().getRequest<RequestData>();
  // A sidecar's report quotes what its Prometheus said, whatever that is: losing the report would be worse.
  if (principal?.kind !== 'cluster') refuseControlCharacters(body);
  return parsePayload(type, body, { unknownFields: 'refuse' });
});

/** The validated query string; `limit`, `enabled` and the like arrive as text and become numbers and truth values. */
export const QueryParams = createParamDecorator(<T extends object>(type: Payload<T>, context: ExecutionContext): T => {
  const { query } = context.switchToHttp().getRequest<RequestData>();
  return parsePayload(type, valuesOf(query), { unknownFields: 'refuse' });
});

const NUMERIC = new Set(['limit']);
const BOOLEAN = new Set(['enabled', 'deleted', 'dry_run']);

function valuesOf(query: Record<string, unknown>): Record<string, unknown> {
  refuseControlCharacters(query);
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (Array.isArray(value)) throw badParameter(name, 'repeated', 'give this parameter once');
      // Node may run without Object.prototype.__proto__; then nothing else tells that this name is special.
      if (name === '__proto__') throw badParameter(name, 'reserved_key', 'this name is reserved');
      // A query is one line: line ends in it are meant for somebody's log.
      if (typeof value === 'string' && /[\t\r\n]/.test(value))
        throw badParameter(name, 'control_character', 'control characters are not allowed here');
      return [name, typeof value === 'string' ? valueOf(name, value) : value];
    }),
  );
}

function valueOf(name: string, text: string): string | number | boolean {
  if (NUMERIC.has(name) && /^\d{1,9}$/.test(text)) return Number(text);
  return BOOLEAN.has(name) && (text === 'true' || text === 'false') ? text === 'true' : text;
}

function badParameter(name: string, code: string, detail: string): ServiceError {
  return new ServiceError('invalid', detail, { errors: [{ pointer: jsonPointer([name]), code, detail }] });
}
