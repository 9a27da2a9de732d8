import type { Socket } from 'node:net';
import { newContext } from '../context/request-context';
import { problemHeaders, problemOfStatus } from './problem.filter';

/** What Node's HTTP parser could not read, and the status that says so. */
const STATUS: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/** Answers what is no HTTP request, came too slowly or carries too many headers, and ends the connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET') socket.destroy();
  else answerAndHangUp(socket, STATUS[error.code ?? ''] ?? 400);
}

/** Writes a problem straight to a connection that no request of ours will be read from any more. */
export function answerAndHangUp(socket: Socket, status: number, headers: Record<string, string> = {}): void {
  if (socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const { correlationId } = newContext();
  const problem = problemOfStatus(status, correlationId);
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-correlation-id: ${correlationId}`,
    ...Object.entries({ ...problemHeaders(status), ...headers }).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
