import {
  request as plainRequest,
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { errorCode } from './error-code';

/** One request and the limits put on its answer. */
export interface ExchangeRequest {
  method: 'GET' | 'POST' | 'PATCH';
  url: URL;
  headers?: Record<string, string>;
  /** JSON. Bytes stay outside the small heap, however many they are. */
  body?: string | Buffer;
  /** Carries authorities and certificates of its own; none unless given. */
  agent?: Agent;
  /** Longest time in ms until the whole answer is here. */
  timeoutMs: number;
  /** Largest body accepted, in bytes. */
  maxBytes: number;
  /** Aborts the request when the program stops. */
  signal: AbortSignal;
}

/** A complete answer, whatever its status. Redirects are answers too: they are never followed. */
export interface ExchangeAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Why no complete answer came: `unreachable` = no connection was made, `timeout` = connected or not, too slow, `cut` = broke off, `too-large` = body over the limit. */
export type ExchangeFailure = 'unreachable' | 'timeout' | 'cut' | 'too-large';

/** No complete answer came. `kind` tells callers whether the other side may have acted. */
export class ExchangeFailed extends Error {
  constructor(
    readonly kind: ExchangeFailure,
    message: string,
  ) {
    super(message);
    this.name = 'ExchangeFailed';
  }
}

/** The program is stopping: nothing may be concluded from the request that was cut off. */
export class Stopped extends Error {
  constructor() {
    super('the sidecar is stopping');
    this.name = 'Stopped';
  }
}

const NO_CONNECTION = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
]);

/**
 * Sends one request on a connection of its own and waits for the complete answer. A kept connection would save
 * little at one request in 30 s, and one that the other side just closed would make a healthy peer look broken.
 * Rejects with ExchangeFailed, or Stopped once the signal is aborted.
 */
export async function exchange(request: ExchangeRequest): Promise<ExchangeAnswer> {
  if (request.signal.aborted) throw new Stopped();
  const send = request.url.protocol === 'https:' ? (await import('node:https')).request : plainRequest;
  return new Promise<ExchangeAnswer>((resolve, reject) => {
    let settled = false;
    const finish = (act: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      request.signal.removeEventListener('abort', onStop);
      act();
    };
    const fail = (error: Error): void => {
      finish(() => reject(error));
      outgoing.destroy();
    };
    const onStop = (): void => fail(new Stopped());
    const outgoing = send(request.url, requestOptions(request), (incoming) =>
      collect(incoming, request.maxBytes, fail, (answer) => finish(() => resolve(answer))),
    );
    const timer = setTimeout(
      () => fail(new ExchangeFailed('timeout', `no complete answer within ${request.timeoutMs} ms`)),
      request.timeoutMs,
    );
    request.signal.addEventListener('abort', onStop);
    outgoing.on('error', (error) => fail(connectionFailure(error)));
    sendBody(outgoing, request.body);
  });
}

function requestOptions(request: ExchangeRequest): RequestOptions {
  const body =
    request.body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(request.body)) };
  const empty = request.method === 'POST' && request.body === undefined ? { 'content-length': '0' } : {};
  return {
    method: request.method,
    agent: request.agent ?? false,
    headers: { 'accept-encoding': 'identity', ...body, ...empty, ...request.headers },
  };
}

function sendBody(outgoing: ClientRequest, body: string | Buffer | undefined): void {
  if (body === undefined) outgoing.end();
  else outgoing.end(body);
}

function collect(
  incoming: IncomingMessage,
  maxBytes: number,
  fail: (error: Error) => void,
  done: (answer: ExchangeAnswer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  incoming.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) fail(new ExchangeFailed('too-large', `the answer is larger than ${maxBytes} bytes`));
    else chunks.push(chunk);
  });
  incoming.on('error', () => fail(new ExchangeFailed('cut', 'the answer broke off')));
  incoming.on('end', () => {
    if (!incoming.complete) fail(new ExchangeFailed('cut', 'the answer broke off'));
    else done({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
  });
}

function connectionFailure(error: Error): ExchangeFailed {
  const code = errorCode(error) ?? error.message;
  return NO_CONNECTION.has(code)
    ? new ExchangeFailed('unreachable', `no connection (${code})`)
    : new ExchangeFailed('cut', `the connection failed (${code})`);
}

/** The value of a header that must occur once; undefined when it is absent. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
