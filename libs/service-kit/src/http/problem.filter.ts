import { ServiceError } from '@alertagent/contracts';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { currentContext } from '../context/request-context';
import { problemOf, problemWithStatus, type Problem } from './problem';

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
  412: { title: 'Precondition failed', detail: 'somebody else changed it meanwhile; GET it again and repeat the change' },
  415: { title: 'Unsupported media type', detail: 'send application/json in UTF-8, without content encoding' },
};

/** Every error answer of an HTTP service, as problem+json. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof ServiceError) return problemOf(error, requestId);
  const status = error instanceof HttpException ? error.getStatus() : isStatusError(error) ? error.statusCode : 500;
  const words = WORDS[status];
  if (!words || status >= 500) return problemOf(new ServiceError('internal', ''), requestId);
  return problemWithStatus(status, words.title, words.detail, requestId);
}

/** Headers a status calls for. */
export function problemHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 503) return { 'retry-after': '1' };
  return {};
}

/** Nest's exception filter for HTTP. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly onInternal: (error: unknown) => void) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    sendProblem(reply, error, this.onInternal);
  }
}

/** Answers with the problem an error stands for; also used by routes outside Nest. */
export function sendProblem(reply: FastifyReply, error: unknown, onInternal: (error: unknown) => void): void {
  const problem = toProblem(error, currentContext()?.correlationId ?? 'unknown');
  if (problem.status === 500) onInternal(error);
  void reply
    .status(problem.status)
    .headers(problemHeaders(problem.status))
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
