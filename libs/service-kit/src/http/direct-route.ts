import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { fromHeaders } from '../context/request-context';
import { framingFault } from './connection-guards';
import { answerHeaders } from './fastify-app';
import { problemHeaders, toProblem } from './problem.filter';

/** An answer; JSON text unless its headers say otherwise. */
export interface DirectAnswer {
  status: number;
  /** Null for an answer that has none, such as 304. */
  body: string | Buffer | null;
  headers?: Readonly<Record<string, string>>;
}

/** Answers one request. What it throws becomes a problem, with `headers` added to it. */
export interface DirectRoute {
  answer(request: IncomingMessage, response: ServerResponse): Promise<DirectAnswer> | DirectAnswer;
  /** For the answer to an error. */
  headersOf?(error: unknown, status: number): Record<string, string>;
  /** Told what becomes a 500. */
  onInternal(error: unknown): void;
}

/**
 * Takes the requests for which there is a route before the framework sees them, and leaves all others to it. For what comes in storms:
 * the framework's own way costs as much as checking a body of fifty alerts. The same guards hold, and the answers look the same.
 */
export function takeDirectly(server: Server, routeOf: (request: IncomingMessage) => DirectRoute | undefined): void {
  const others = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const route = routeOf(request);
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
  const send = (status: number, body: string | Buffer | null): void => {
    // A server that closes waits for its connections to end, and this one would be used again.
    if (!server.listening) headers['connection'] = 'close';
    if (body !== null) headers['content-length'] = Buffer.byteLength(body);
    response.writeHead(status, headers);
    response.end(body ?? undefined);
  };
  const context = fromHeaders((name) => single(request.headers[name]));
  const headers: Record<string, string | number> = answerHeaders(context);
  try {
    const statusCode = framingFault(request);
    if (statusCode !== null) {
      headers['connection'] = 'close';
      throw Object.assign(new Error('the request is framed badly'), { statusCode });
    }
    const answering = route.answer(request, response);
    const { status, body, headers: more } = answering instanceof Promise ? await answering : answering;
    if (body !== null) headers['content-type'] = 'application/json; charset=utf-8';
    Object.assign(headers, more);
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
