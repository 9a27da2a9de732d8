import type { IncomingMessage } from 'node:http';

/** The error of a body above the limit; its status is what the edge answers. */
const tooLarge = (): Error => Object.assign(new Error('the body is too large'), { statusCode: 413 });

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
    const cut = (): void => stop(Object.assign(new Error('the request was cut off'), { statusCode: 400 }));
    request.on('data', take).on('end', end).on('close', cut).on('error', stop);
  });
}
