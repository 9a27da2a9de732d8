import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** The description of the API that the gateway serves. */
export const DESCRIPTION = readFileSync(join(__dirname, '../../gateway/openapi.json'), 'utf8');

export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** A REST API that describes itself as the gateway does, answers what a test says, and keeps what it was asked. */
export class RestStand {
  readonly seen: SeenRequest[] = [];
  answer: (request: SeenRequest) => { status?: number; body: unknown } = () => ({ body: { items: [] } });

  private constructor(private readonly server: Server) {}

  static async start(description = DESCRIPTION): Promise<RestStand> {
    const server = createServer((request, response) => {
      if (request.url === '/docs/openapi.json') return response.end(description);
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const { method = '', url = '', headers } = request;
        const seen = { method, url, headers, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
        stand.seen.push(seen);
        const { status = 200, body } = stand.answer(seen);
        response.writeHead(status).end(JSON.stringify(body));
      });
      return undefined;
    });
    const stand = new RestStand(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return stand;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
