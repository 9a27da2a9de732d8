import { ServiceError } from '@alertagent/contracts';
import { createParamDecorator, HttpException, type ExecutionContext } from '@nestjs/common';

/** The ETag of a version. */
export const versionTag = (version: number): string => `"${version}"`;

/** The version in `If-Match`, or null when the caller does not care. */
export const IfMatch = createParamDecorator((_data: unknown, context: ExecutionContext): number | null => {
  const header = context.switchToHttp().getRequest<{ headers: Record<string, string | undefined> }>().headers[
    'if-match'
  ];
  if (header === undefined || header === '*') return null;
  const match = /^"(\d{1,9})"$/.exec(header);
  if (!match) throw new ServiceError('invalid', 'If-Match must be the ETag that a GET of this resource answered');
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
