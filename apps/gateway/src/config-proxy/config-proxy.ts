import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { ServiceError } from '@alertagent/contracts';
import { bearerToken, currentContext, type HttpApplication } from '@alertagent/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Longest long poll the config service holds, and some time for the answer. */
const TIMEOUT_MS = 75_000;
const FORWARDED = ['authorization', 'if-none-match', 'content-type', 'content-length', 'traceparent', 'tracestate'];
const NOT_RETURNED = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/**
 * Passes `/api/v1/configs*` on to the config service, so that sidecars need to reach one address only. The token is
 * checked there: this is a pipe.
 */
export function registerConfigProxy(app: HttpApplication, target: string): void {
  const fastify = app.getHttpAdapter().getInstance();
  const request = target.startsWith('https:') ? httpsRequest : httpRequest;
  const forward = (incoming: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // Only the config service can tell a good token from a bad one, but none at all is refused here.
    if (bearerToken(incoming) === null) throw new ServiceError('unauthenticated', 'a valid bearer token is required');
    reply.hijack();
    const headers = Object.fromEntries(
      FORWARDED.map((name) => [name, incoming.headers[name]]).filter(([, value]) => value !== undefined),
    );
    const correlation = currentContext()?.correlationId;
    const upstream = request(
      `${target}${incoming.url}`,
      { method: incoming.method, headers: { ...headers, ...(correlation ? { 'x-correlation-id': correlation } : {}) } },
      (answer) => relay(answer, reply),
    );
    upstream.setTimeout(TIMEOUT_MS, () => upstream.destroy(new Error('timeout')));
    upstream.on('error', () => refuse(reply));
    reply.raw.on('close', () => upstream.destroy());
    incoming.raw.pipe(upstream);
    return reply;
  };
  // Its own scope: bodies are passed on unread here, whatever their type.
  void fastify.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.route({ method: ['GET', 'HEAD'], url: '/api/v1/configs', exposeHeadRoute: false, handler: forward });
    scope.route({ method: ['GET', 'HEAD'], url: '/api/v1/configs/keys', exposeHeadRoute: false, handler: forward });
    scope.route({ method: 'POST', url: '/api/v1/configs/:report', handler: forward });
  });

  function refuse(reply: FastifyReply): void {
    if (reply.raw.headersSent || reply.raw.destroyed) {
      reply.raw.destroy();
      return;
    }
    reply.raw.writeHead(503, { 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '1' });
    reply.raw.end(UNREACHABLE);
  }
}

const UNREACHABLE = JSON.stringify({
  type: 'urn:alertagent:problem:unavailable',
  title: 'Temporarily unavailable',
  status: 503,
  detail: 'the config service is not reachable',
});

function relay(answer: IncomingMessage, reply: FastifyReply): void {
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !NOT_RETURNED.has(name)));
  reply.raw.writeHead(answer.statusCode ?? 502, headers);
  answer.pipe(reply.raw);
}
