import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fromHeaders } from '../context/request-context';
import { framingFault } from './connection-guards';
import { answerHeaders } from './fastify-app';
import { problemHeaders, toProblem } from './problem.filter';

/** A successful answer: JSON text. */
export interface DirectAnswer {
  status: number;
  body: string;
}

/** Answers one request. What it throws becomes a problem, with `headers` added to it. */
export interface DirectRoute {
  answer(request: IncomingMessage): Promise<DirectAnswer>;
  /** For the answer to an error. */
  headersOf?(error: unknown, status: number): Record<string, string>;
  /** Told what becomes a 500. */
  onInternal(error: unknown): void;
}

/**
 * Takes POST requests to exactly these paths before the framework sees them, and leaves all others to it, whatever way they are spelled.
 * For what comes in storms: the framework's own way costs as much as checking a body of fifty alerts. The same guards hold, and the
 * answers look the same.
 */
export function takeDirectly(server: Server, routes: ReadonlyMap<string, DirectRoute>): void {
  const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const route = request.method === 'POST' ? routes.get(request.url ?? '') : undefined;
    if (route) void take(server, route, request, response);
    else for (const other of others) other(request, response);
  });
}

async function take(
  server: Server,
  route: DirectRoute,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, body: string): void => {
    // A server that closes waits for its connections to end, and this one would be used again.
    if (!server.listening) headers['connection'] = 'close';
    headers['content-length'] = Buffer.byteLength(body);
    response.writeHead(status, headers);
    response.end(body);
  };
  const context = fromHeaders((name) => single(request.headers[name]));
  const headers: Record<string, string | number> = answerHeaders(context);
  try {
    const statusCode = framingFault(request);
    if (statusCode !== null) {
      headers['connection'] = 'close';
      throw Object.assign(new Error('the request is framed badly'), { statusCode });
    }
    const { status, body } = await route.answer(request);
    headers['content-type'] = 'application/json; charset=utf-8';
    send(status, body);
  } catch (error) {
    const problem = toProblem(error, context.correlationId);
    if (problem.status === 500) route.onInternal(error);
    Object.assign(headers, problemHeaders(problem.status), route.headersOf?.(error, problem.status));
    headers['content-type'] = 'application/problem+json; charset=utf-8';
    send(problem.status, JSON.stringify(problem));
  }
}

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
