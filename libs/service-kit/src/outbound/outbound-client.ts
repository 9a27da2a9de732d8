import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { ServiceError } from '@alertagent/contracts';
import { Agent, buildConnector, request } from 'undici';
import { OutboundPolicy, OutboundRefusal } from './outbound-policy';

/** One outgoing request. */
export interface OutboundRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers?: Record<string, string>;
  body?: string;
  /** Time for everything, from name lookup to the last byte; at most the client's `totalMs`, which is the default. */
  timeoutMs?: number;
  /** Breaks the request off when nobody wants the answer any more. */
  signal?: AbortSignal;
  /** Told of each piece of the body as it arrives, whatever the status is. */
  onText?: (text: string) => void;
}

/** What came back; a redirect is an answer like any other. */
export interface OutboundResponse {
  status: number;
  /** Lower-case names; of a repeated header the values joined by `, `. */
  headers: Record<string, string>;
  body: string;
}

/** Resolves a name to all its addresses. */
export type ResolveName = (hostname: string) => Promise<LookupAddress[]>;

export interface OutboundOptions {
  /**
   * Networks, hosts and origins that may be reached although they are not public. Pass the endpoints from the configuration:
   * the operator chose those.
   */
  allow: readonly string[];
  /** Replaces the system's resolver; for tests. */
  resolve?: ResolveName;
  /** Limits; defaults: connect 2 s, all 10 s, 1 MiB of body, 20 connections to one origin; further requests to it wait for one of them. */
  connectMs?: number;
  totalMs?: number;
  maxBodyBytes?: number;
  connectionsPerOrigin?: number;
}

/**
 * Sends requests to addresses that users, not operators, may have typed. The address that was checked is the one connected
 * to, redirects are never followed, answers are cut in size and time.
 */
export class OutboundClient {
  private readonly policy: OutboundPolicy;
  private readonly agent: Agent;
  private readonly totalMs: number;
  private readonly maxBodyBytes: number;
  private readonly resolveName: ResolveName;

  constructor({
    allow,
    resolve = resolveBySystem,
    connectMs = 2_000,
    totalMs = 10_000,
    maxBodyBytes = 1_048_576,
    connectionsPerOrigin = 20,
  }: OutboundOptions) {
    this.policy = new OutboundPolicy(allow);
    this.resolveName = resolve;
    this.totalMs = totalMs;
    this.maxBodyBytes = maxBodyBytes;
    this.agent = new Agent({
      connect: guardedConnector(this.policy, resolve, connectMs),
      connections: connectionsPerOrigin,
      pipelining: 1,
      keepAliveTimeout: 4_000,
    });
  }

  /**
   * Resolves with whatever the server answered, errors of its own included.
   *
   * @throws ServiceError `invalid` (problem code `url_not_allowed`) when the address is refused, `deadline` when time is up,
   * `unavailable` when no connection is made, it breaks, or the answer is larger than allowed.
   */
  async request({ method, url, headers, body, timeoutMs, signal, onText }: OutboundRequest): Promise<OutboundResponse> {
    const total = Math.min(timeoutMs ?? this.totalMs, this.totalMs);
    const deadline = AbortSignal.timeout(total);
    try {
      const target = this.policy.checkUrl(url);
      const response = await request(target, {
        method,
        headers: { 'user-agent': 'alertagent', 'accept-encoding': 'identity', ...headers },
        body,
        dispatcher: this.agent,
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
        headersTimeout: total,
        bodyTimeout: total,
      });
      return {
        status: response.statusCode,
        headers: flatten(response.headers),
        body: await this.readBody(response.body, onText),
      };
    } catch (error) {
      throw translate(error, { expired: deadline.aborted, total });
    }
  }

  /** Checks an address without connecting, for when it is saved. @throws ServiceError `invalid` as for `request` */
  async check(url: string): Promise<void> {
    try {
      const target = this.policy.checkUrl(url);
      const port = target.port === '' ? (target.protocol === 'https:' ? 443 : 80) : Number(target.port);
      if (this.policy.isTrusted(target.protocol, target.hostname, port)) return;
      for (const { address } of await this.resolveName(target.hostname.replace(/^\[|\]$/g, '')))
        this.policy.checkAddress(address);
    } catch (error) {
      throw translate(error, { expired: false, total: this.totalMs });
    }
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async readBody(
    stream: AsyncIterable<Buffer> & { destroy(): unknown },
    onText: (text: string) => void = () => undefined,
  ): Promise<string> {
    const chunks: Buffer[] = [];
    // A character may be cut in two between two pieces.
    const decoder = new TextDecoder();
    let size = 0;
    for await (const chunk of stream) {
      size += chunk.length;
      if (size > this.maxBodyBytes) {
        stream.destroy();
        throw new ServiceError('unavailable', `the answer is larger than ${this.maxBodyBytes} bytes`);
      }
      chunks.push(chunk);
      onText(decoder.decode(chunk, { stream: true }));
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

/** See {@link OutboundClient}. */
export function outboundClient(options: OutboundOptions): OutboundClient {
  return new OutboundClient(options);
}

/**
 * Checks at the last moment: a literal address here, since no lookup happens for one, and a name inside the lookup that
 * the socket itself does, so that a second answer of the name server can't lead elsewhere.
 */
function guardedConnector(policy: OutboundPolicy, resolve: ResolveName, timeout: number): buildConnector.connector {
  const plain = buildConnector({ timeout, lookup: lookupWith(resolve, () => undefined) });
  const checked = buildConnector({ timeout, lookup: lookupWith(resolve, (address) => policy.checkAddress(address)) });
  return (options, callback) => {
    const port = options.port === '' ? (options.protocol === 'https:' ? 443 : 80) : Number(options.port);
    try {
      policy.checkTarget(options.protocol, options.hostname, port);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    (policy.isTrusted(options.protocol, options.hostname, port) ? plain : checked)(options, callback);
  };
}

function lookupWith(resolve: ResolveName, check: (address: string) => void): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        try {
          // One bad address refuses the name: the socket may try any of them.
          for (const { address } of addresses) check(address);
        } catch (error) {
          return callback(error as Error, []);
        }
        const [first] = addresses;
        if (!first) return callback(Object.assign(new Error('no address'), { code: 'ENOTFOUND' }), []);
        return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, []),
    );
  };
}

function resolveBySystem(hostname: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

function translate(error: unknown, { expired, total }: { expired: boolean; total: number }): ServiceError {
  if (error instanceof ServiceError) return error;
  if (error instanceof OutboundRefusal) {
    return new ServiceError('invalid', error.message, {
      errors: [{ pointer: '/url', code: error.code, detail: error.message }],
      cause: error,
    });
  }
  const code = String((error as { code?: unknown } | null)?.code ?? 'unknown reason');
  if (expired || code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT') {
    return new ServiceError('deadline', `no complete answer within ${total} ms`, { cause: error });
  }
  return new ServiceError('unavailable', `the request failed (${code})`, { cause: error });
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
