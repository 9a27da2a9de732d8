import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { answerAndHangUp } from './client-error';

/** More connections than this are refused at once; sidecars that wait for news hold one each. */
const MAX_CONNECTIONS = 10_000;
/** Nobody sends more with good intentions. Node would leave out the ones beyond its own limit without a word. */
const MAX_HEADERS = 200;
/** Headers whose second line another server may read instead of the first. */
const SINGLE: ReadonlySet<string> = new Set(['host', 'content-type', 'content-encoding', 'expect']);

/** What Node lets pass or answers on its own terms, on the server of an HTTP service. */
export function guardConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = 0;
  // We are nobody's proxy. Without a listener Node hangs up without an answer.
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    answerAndHangUp(socket, 405, { allow: 'DELETE, GET, HEAD, POST, PUT' });
  });
  server.on('checkExpectation', (request: IncomingMessage) => {
    answerAndHangUp(request.socket, 417);
  });
}

/** The status of a request that is no proper HTTP/1, or null: Node's parser is strict about framing, not about the rest. */
export function framingFault({ httpVersion, rawHeaders }: IncomingMessage): 400 | 431 | null {
  if (rawHeaders.length / 2 > MAX_HEADERS) return 431;
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]?.toLowerCase() ?? '';
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) return 400;
    seen.add(name);
  }
  if (httpVersion === '1.0') return null;
  return httpVersion === '1.1' && seen.has('host') ? null : 400;
}
