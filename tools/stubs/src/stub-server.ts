import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A request as a stub saw it. */
export interface SeenCall {
  method: string;
  path: string;
  /** What follows the `?`; empty without one. */
  query: string;
  headers: Record<string, string>;
  /** Parsed JSON; the text itself when it is none. */
  body: unknown;
}

/** A plain HTTP server that writes down what it is asked, for stubs of programs we call. */
export abstract class StubServer {
  /** Every request, oldest first. */
  readonly calls: SeenCall[] = [];
  /** How long `slow` takes in milliseconds; without it, until `release()`. */
  slowMs: number | null = null;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private held: (() => void)[] = [];

  protected constructor() {
    this.server = createServer((request, response) => {
      this.receive(request, response).catch(() => response.destroy());
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** `http://127.0.0.1:<port>`. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets everything go that `slow` holds. */
  release(): void {
    for (const go of this.held.splice(0)) go();
  }

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  async close(): Promise<void> {
    this.release();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  protected abstract answer(
    call: SeenCall,
    request: { raw: string; isJson: boolean },
    response: ServerResponse,
  ): Promise<void> | void;

  protected hold(): Promise<void> {
    const { slowMs } = this;
    return new Promise((resolve) => {
      if (slowMs === null) this.held.push(resolve);
      else setTimeout(resolve, slowMs).unref();
    });
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const { isJson, body } = parse(raw);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const call = { method: request.method ?? '', path, query, headers, body };
    this.calls.push(call);
    await this.answer(call, { raw, isJson }, response);
  }
}

/** Sends a JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function parse(raw: string): { isJson: boolean; body: unknown } {
  try {
    return { isJson: true, body: JSON.parse(raw) as unknown };
  } catch {
    return { isJson: false, body: raw };
  }
}
