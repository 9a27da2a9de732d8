import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that arrived at the sink. */
export interface SunkRequest {
  /** Epoch ms. */
  at: number;
  method: string;
  path: string;
  /** The `Idempotency-Key` header; null without one. */
  key: string | null;
  /** SHA-256 of the body, hex. */
  bodyHash: string;
  body: string;
}

/** How the sink answers. `hang` never does, `reset` breaks the connection. */
export interface SinkAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** Milliseconds before the answer. */
  delayMs?: number;
  instead?: 'hang' | 'reset';
}

/** Stands for n8n, Dify, a mail gateway or a chat: takes whatever comes, writes it down, and answers as it is told. */
export class Sink {
  readonly requests: SunkRequest[] = [];
  /** Asked for each request; 200 with an empty object unless replaced. */
  answer: (request: SunkRequest) => SinkAnswer = () => ({});
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  static async start(): Promise<Sink> {
    const sink = new Sink();
    await new Promise<void>((resolve) => sink.server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Different idempotency keys so far. */
  get keys(): Set<string> {
    return new Set(this.requests.flatMap(({ key }) => (key === null ? [] : [key])));
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const raw = Buffer.concat(pieces);
    const key = request.headers['idempotency-key'];
    const seen: SunkRequest = {
      at: Date.now(),
      method: request.method ?? '',
      path: request.url ?? '',
      key: typeof key === 'string' ? key : null,
      bodyHash: createHash('sha256').update(raw).digest('hex'),
      body: raw.toString('utf8'),
    };
    this.requests.push(seen);
    const { status = 200, headers = {}, body = '{}', delayMs = 0, instead } = this.answer(seen);
    if (instead === 'hang') return;
    if (instead === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  }
}
