import type { IncomingHttpHeaders, Server } from 'node:http';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { newContext, runInContext, type RequestContext } from '../context/request-context';
import { HTTP_LIMITS } from '../ops/ops-server';
import { answerClientError } from './client-error';
import { areUsable } from './path-parameters';
import { framingFault, guardConnections } from './connection-guards';
import { isJsonContentType, parseJsonBody } from './json-body';
import { KnownRoutes } from './known-routes';
import { ProblemFilter, sendProblem } from './problem.filter';

/** 1 MB; the webhook route sets its own limit. */
const DEFAULT_BODY_LIMIT = 1024 * 1024;

const REQUEST_TIMEOUT_MS = 10_000;

const REQUEST_CONTEXT = Symbol('request-context');
type ContextualRequest = FastifyRequest & { [REQUEST_CONTEXT]?: RequestContext };

/** The Nest application of a service with a public interface. */
export type HttpApplication = NestFastifyApplication;

/** A Fastify adapter that cuts slow senders off; Node's own defaults let them hold a connection for minutes. */
export function newFastifyAdapter(): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: DEFAULT_BODY_LIMIT,
    // Covers receiving the request only, so long polls are not cut. Node looks every second: all are gone after 15 s.
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 65_000,
    // A missing Host is refused by us, in our words.
    http: { ...HTTP_LIMITS, requestTimeout: REQUEST_TIMEOUT_MS, keepAliveTimeout: 65_000, requireHostHeader: false },
    routerOptions: { maxParamLength: 200 },
    clientErrorHandler: answerClientError,
    // A path that cannot be decoded never reaches our hooks; Fastify's own answer would quote it.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      void reply.headers(answerHeaders(contextOf(request)));
      sendProblem(reply, error, () => undefined);
    },
  });
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

const contextOf = ({ headers }: FastifyRequest): RequestContext =>
  newContext({
    traceparent: single(headers.traceparent),
    tracestate: single(headers.tracestate),
    correlationId: single(headers['x-correlation-id']),
  });

/** What every answer carries. */
export const answerHeaders = (context: RequestContext): Record<string, string> => ({
  'x-correlation-id': context.correlationId,
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
});

/** What every HTTP service of ours does with a request before and after its handler. */
export function prepareHttp(app: HttpApplication, onInternal: (error: unknown) => void): void {
  const fastify = app.getHttpAdapter().getInstance();
  guardConnections(app.getHttpServer() as Server);

  const routes = new KnownRoutes();
  fastify.addHook('onRoute', ({ url, method }) => routes.add(url, method));
  fastify.addHook('onRequest', (request: ContextualRequest, reply, done) => {
    const context = contextOf(request);
    request[REQUEST_CONTEXT] = context;
    void reply.headers(answerHeaders(context));
    const statusCode = framingFault(request.raw);
    if (statusCode === null && areUsable(request.params)) return runInContext(context, done);
    if (statusCode === null) return sendProblem(reply, { statusCode: 404 }, () => undefined);
    void reply.header('connection', 'close');
    sendProblem(reply, { statusCode }, () => undefined);
  });
  // Reading the body leaves the async scope of the first hook; enter it again for the handler.
  fastify.addHook('preValidation', (request: ContextualRequest, _reply, done) => {
    const context = request[REQUEST_CONTEXT];
    if (context) runInContext(context, done);
    else done();
  });

  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      if (!isJsonContentType(request.headers['content-type']) || !isPlainEncoding(request)) throw unsupported();
      done(null, parseJsonBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  app.useGlobalFilters(new ProblemFilter(onInternal, routes));
}

/** We never inflate: a small body that unpacks to gigabytes is refused as what it says it is. */
export function isPlainEncoding(request: { headers: IncomingHttpHeaders }): boolean {
  const encoding = request.headers['content-encoding'];
  return encoding === undefined || encoding === 'identity';
}

/** The answer to a body of another type. */
export function unsupported(): Error {
  return Object.assign(new Error('unsupported media type'), { statusCode: 415 });
}
