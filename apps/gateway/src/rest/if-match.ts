import { ServiceError } from '@alertagent/contracts';
import {
  createParamDecorator,
  HttpException,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap } from 'rxjs';

/** Every answer of a controller that has a version carries it as its ETag, whatever it answers: `If-Match` takes it. */
export const VersionTags = (): ClassDecorator => UseInterceptors(VERSION_TAGS);

const VERSION_TAGS: NestInterceptor = {
  intercept: (context: ExecutionContext, next: CallHandler<unknown>) =>
    next.handle().pipe(
      tap((answer) => {
        const isVersioned = typeof answer === 'object' && answer !== null && 'version' in answer;
        if (!isVersioned || typeof answer.version !== 'number') return;
        void context.switchToHttp().getResponse<FastifyReply>().header('etag', `"${answer.version}"`);
      }),
    ),
};

/** The version in `If-Match`, or null when the caller does not care. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number | null => {
  const header = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers[
    'if-match'
  ];
  if (header === undefined || header === '*') return null;
  const match = /^"(\d{1,9})"$/.exec(header);
  if (!match) throw new ServiceError('invalid', 'If-Match must be the ETag that this resource was answered with');
  return Number(match[1]);
});

/** A change refused because of `If-Match` is answered with 412, as HTTP has it, rather than with 409. */
export async function refusedByIfMatch<T>(expected: number | null, change: Promise<T>): Promise<T> {
  try {
    return await change;
  } catch (error) {
    const mismatch = error instanceof ServiceError && error.errors.some(({ code }) => code === 'version_mismatch');
    if (expected !== null && mismatch) throw new HttpException('precondition failed', 412);
    throw error;
  }
}
