import { randomUUID } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** The caller's Idempotency-Key, whose form was checked before, for those who must know a repetition from a new request; a key of its own for a request without one. */
export const IdempotencyKey = createParamDecorator((_data: unknown, context: ExecutionContext): string => {
  const { headers } = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>();
  return headers['idempotency-key'] ?? randomUUID();
});
