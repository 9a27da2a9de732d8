import { createHash } from 'node:crypto';
import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { freePort, releasePort } from '@alertagent/local-stack';

/** How long all downloads of one batch may take, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A complete 200 answer with a configuration, as AlertAgent gave it. */
export interface GoodAnswer {
  headers: Record<string, string>;
  body: Buffer;
}

/** What is sent instead: the bytes of an HTTP answer, or of the beginning of one; the connection ends after them. */
export interface Tampered {
  bytes: Buffer;
  /** Sent in pieces of so many bytes with a moment between them. */
  sliceBytes?: number;
}

/** Makes another answer out of a good one. */
export type Tamper = (good: GoodAnswer) => Tampered;

/** Stands between a sidecar and AlertAgent, passes everything on, and spoils downloads when told to. */
export class TamperingProxy {
  /** How many downloads it has spoiled. */
  spoiled = 0;
  /** The most repairs that a report which AlertAgent took speaks of. */
  driftReported = 0;
  /** Every configuration that AlertAgent gave, by its SHA-256 (hex). */
  readonly given = new Map<string, Buffer>();
  private tamper: ((good: GoodAnswer) => Tampered | null) | null = null;
  private readonly server: Server;

  private constructor(
    private readonly target: number,
    readonly port: number,
  ) {
    this.server = createServer((incoming, response) => this.pass(incoming, response));
  }

  static async start(target: number): Promise<TamperingProxy> {
    const proxy = new TamperingProxy(target, await freePort());
    await new Promise<void>((resolve) => proxy.server.listen(proxy.port, '127.0.0.1', resolve));
    return proxy;
  }

  /**
   * Spoils each download from now on with the next of `tampers`; what comes after the last one passes. Resolves after the last.
   * Errors: nobody downloads.
   */
  spoil(tampers: readonly Tamper[]): Promise<void> {
    const left = [...tampers];
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${left.length} of ${tampers.length} downloads to be spoiled were not asked for`)),
        PATIENCE_MS,
      );
      this.tamper = (good) => {
        const next = left.shift();
        if (left.length === 0) this.tamper = null;
        if (!next) return null;
        this.spoiled += 1;
        if (left.length === 0) {
          clearTimeout(timer);
          resolve();
        }
        return next(good);
      };
    });
  }

  /** Spoils every download from now on; null lets them pass again. */
  spoilAll(tamper: Tamper | null): void {
    this.tamper = tamper;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    releasePort(this.port);
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url = '/', headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: this.target, method, path: url, headers, agent: false });
    onward.on('error', () => response.destroy());
    // Whoever hangs up on the proxy hangs up on the gateway, or held requests would pile up there.
    response.on('close', () => onward.destroy());
    onward.on('response', (answer) => void this.answer(url, answer, response));
    if (url === '/api/v1/configs/reports') this.read(incoming, onward);
    incoming.pipe(onward);
  }

  private read(incoming: IncomingMessage, onward: ClientRequest): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    onward.on('response', ({ statusCode = 500 }) => {
      if (statusCode >= 300) return;
      const report = JSON.parse(Buffer.concat(chunks).toString()) as { drift_repaired: number };
      this.driftReported = Math.max(this.driftReported, report.drift_repaired);
    });
  }

  private async answer(url: string, answer: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of answer) chunks.push(chunk as Buffer);
    } catch {
      response.destroy();
      return;
    }
    const body = Buffer.concat(chunks);
    const headers = textHeaders(answer);
    const isDownload = answer.statusCode === 200 && url.startsWith('/api/v1/configs?');
    if (isDownload) this.given.set(createHash('sha256').update(body).digest('hex'), body);
    const tampered = isDownload ? (this.tamper?.({ headers, body }) ?? null) : null;
    if (tampered === null) response.writeHead(answer.statusCode ?? 502, headers).end(body);
    else await send(response, tampered);
  }
}

async function send(response: ServerResponse, { bytes, sliceBytes = bytes.length }: Tampered): Promise<void> {
  const { socket } = response;
  if (!socket) return;
  for (let from = 0; from < bytes.length; from += sliceBytes) {
    socket.write(bytes.subarray(from, from + sliceBytes));
    if (sliceBytes < bytes.length) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  // The end of the stream in the middle of an answer cuts it; a reset could overtake the bytes.
  socket.end();
}

function textHeaders(answer: IncomingMessage): Record<string, string> {
  const { 'transfer-encoding': _chunked, connection: _connection, 'keep-alive': _kept, ...rest } = answer.headers;
  return Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)]));
}
