import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  method: string;
  /** Path and query below /api/v1. */
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface StubAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A server that answers what a test says, and keeps what it was asked. */
export class StubServer {
  readonly seen: SeenRequest[] = [];
  answer: (request: SeenRequest) => StubAnswer = () => ({ status: 404, body: { title: 'Not found' } });

  private constructor(private readonly server: Server) {}

  static async start(): Promise<StubServer> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const seen: SeenRequest = {
          method: request.method!,
          path: request.url!.replace(/^\/api\/v1/, ''),
          headers: request.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        };
        stub.seen.push(seen);
        const { status = 200, body, headers } = stub.answer(seen);
        response.writeHead(status, headers);
        response.end(typeof body === 'string' ? body : JSON.stringify(body ?? null));
      });
    });
    const stub = new StubServer(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.seen.length = 0;
    this.answer = () => ({ status: 404, body: { title: 'Not found' } });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
