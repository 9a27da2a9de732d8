import { parsePayload, ServiceError, type Payload } from '@alertagent/contracts';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

interface RequestData {
  body: unknown;
  query: Record<string, unknown>;
}

/** The validated JSON body. Unknown fields are refused: a misspelt field must not be ignored silently. */
export const JsonBody = createParamDecorator(<T extends object>(type: Payload<T>, context: ExecutionContext): T => {
  const { body } = context.switchToHttp().getRequest<RequestData>();
  return parsePayload(type, body, { unknownFields: 'refuse' });
});

/** The validated query string; `limit` and the like arrive as text and become numbers. */
export const QueryParams = createParamDecorator(<T extends object>(type: Payload<T>, context: ExecutionContext): T => {
  const { query } = context.switchToHttp().getRequest<RequestData>();
  return parsePayload(type, numbersOf(query), { unknownFields: 'refuse' });
});

const NUMERIC = new Set(['limit']);

function numbersOf(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (Array.isArray(value)) {
        throw new ServiceError('invalid', 'a query parameter was given twice', {
          errors: [{ pointer: `/${name.slice(0, 50)}`, code: 'repeated', detail: 'give this parameter once' }],
        });
      }
      return [name, NUMERIC.has(name) && typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value];
    }),
  );
}
