import type { IncomingMessage } from 'node:http';

/** A body that was not read to its end: what is left of it would be taken for the next request. The status is what the edge answers. */
export class UnreadBodyError extends Error {
  override readonly name = 'UnreadBodyError';

  constructor(
    message: string,
    readonly statusCode: 400 | 413,
  ) {
    super(message);
  }
}

const tooLarge = (): Error => new UnreadBodyError('the body is too large', 413);

/**
 * Reads a request's body as bytes, at most `limit` of them. Not by Fastify's own way: that wraps each body in an async resource, which
 * costs as much as checking the alerts within. Errors: one with status 413 above the limit, after which the connection is of no use
 * any more; whatever breaks the request off.
 */
export function readRawBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      reject(tooLarge());
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    const stop = (error: Error): void => {
      request.off('data', take).off('end', end).off('close', cut);
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > limit) stop(tooLarge());
      else chunks.push(chunk);
    };
    const end = (): void => {
      request.off('close', cut);
      // Mostly it comes in one piece.
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    };
    const cut = (): void => stop(new UnreadBodyError('the request was cut off', 400));
    request.on('data', take).on('end', end).on('close', cut).on('error', stop);
  });
}
