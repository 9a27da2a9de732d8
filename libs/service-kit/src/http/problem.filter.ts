import { ServiceError } from '@alertagent/contracts';
import {
  Catch,
  HttpException,
  MethodNotAllowedException,
  NotFoundException,
  type ArgumentsHost,
  type ExceptionFilter,
} from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { currentContext } from '../context/request-context';
import { KnownRoutes } from './known-routes';
import { problemOf, problemWithStatus, type Problem } from './problem';
import { toDatabaseServiceError } from '../database/database-errors';

/** Errors of Fastify itself carry a status and a code such as FST_ERR_CTP_INVALID_MEDIA_TYPE. */
interface StatusError {
  statusCode: number;
  code?: string;
}

const isStatusError = (error: unknown): error is StatusError =>
  typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number';

/** Says what was wrong in our words: a library's own text may echo the input or its internals. */
const WORDS: Record<number, { title: string; detail: string }> = {
  400: { title: 'Invalid request', detail: 'the request could not be read' },
  404: { title: 'Not found', detail: 'there is nothing here' },
  405: { title: 'Method not allowed', detail: 'this resource does not offer that method' },
  408: { title: 'Request timeout', detail: 'the request took too long to arrive' },
  413: { title: 'Too large', detail: 'the body is larger than this route accepts' },
  412: {
    title: 'Precondition failed',
    detail: 'somebody else changed it meanwhile; GET it again and repeat the change',
  },
  414: { title: 'URI too long', detail: 'the path or one of its parts is too long' },
  415: { title: 'Unsupported media type', detail: 'send application/json in UTF-8, without content encoding' },
  417: { title: 'Expectation failed', detail: 'only 100-continue is understood in Expect' },
  422: {
    title: 'Unprocessable',
    detail: 'this Idempotency-Key came with another request before; use a new key for a new request',
  },
  429: {
    title: 'Too many requests',
    detail: 'too many unknown tokens came from this address; wait a minute and check the token',
  },
  431: { title: 'Request header fields too large', detail: 'the headers are larger than this server accepts' },
};
const REFUSED = { title: 'Request refused', detail: 'the request was refused' };

/** The problem of a status that no service error stands for; a status we do not know is our own fault. */
export function problemOfStatus(status: number, requestId: string): Problem {
  const isClientError = status >= 400 && status < 500;
  if (!isClientError) return problemOf(new ServiceError('internal', ''), requestId);
  const { title, detail } = WORDS[status] ?? REFUSED;
  return problemWithStatus(status, title, detail, requestId);
}

/** Every error answer of an HTTP service, as problem+json. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof ServiceError) return problemOf(error, requestId);
  // A read outside of any transaction fails with the driver's own error when the database is away.
  const told = toDatabaseServiceError(error);
  if (told instanceof ServiceError) return problemOf(told, requestId);
  const status = error instanceof HttpException ? error.getStatus() : isStatusError(error) ? error.statusCode : 500;
  return problemOfStatus(status, requestId);
}

/** Headers a status calls for. */
export function problemHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 503) return { 'retry-after': '1' };
  if (status === 429) return { 'retry-after': '60' };
  return {};
}

/** Nest's exception filter for HTTP. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly onInternal: (error: unknown) => void,
    private readonly routes: KnownRoutes = new KnownRoutes(),
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    // Nest's own exception: no route was found. Our handlers say `not_found` by a ServiceError.
    if (error instanceof NotFoundException) {
      const methods = this.routes.methodsOf(http.getRequest<FastifyRequest>().url);
      if (methods.length > 0) {
        void reply.header('allow', methods.join(', '));
        sendProblem(reply, new MethodNotAllowedException(), this.onInternal);
        return;
      }
    }
    sendProblem(reply, error, this.onInternal);
  }
}

/** Answers with the problem an error stands for; also used by routes outside Nest. */
export function sendProblem(reply: FastifyReply, error: unknown, onInternal: (error: unknown) => void): void {
  // The answer's own header: errors of reading the body come from outside the request's context.
  const problem = toProblem(
    error,
    String(reply.getHeader('x-correlation-id') ?? currentContext()?.correlationId ?? 'unknown'),
  );
  if (problem.status === 500) onInternal(error);
  void reply
    .status(problem.status)
    .headers(problemHeaders(problem.status))
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
