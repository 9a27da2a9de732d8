import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort, releasePort } from '@alertagent/local-stack';

/** Stands between a sidecar and its target; can answer reloads without passing them on. */
export class ReloadProxy {
  /** While true, reloads are answered 200 and nothing is loaded. */
  swallows = false;
  /** While true, reloads are answered 500 and nothing is loaded. */
  refuses = false;
  private readonly server: Server;

  private constructor(
    private readonly target: number,
    readonly port: number,
  ) {
    this.server = createServer((incoming, response) => this.pass(incoming, response));
  }

  static async start(target: number): Promise<ReloadProxy> {
    const proxy = new ReloadProxy(target, await freePort());
    await new Promise<void>((resolve) => proxy.server.listen(proxy.port, '127.0.0.1', resolve));
    return proxy;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    releasePort(this.port);
  }

  private pass(incoming: IncomingMessage, response: ServerResponse): void {
    const { method, url = '/', headers } = incoming;
    if ((this.swallows || this.refuses) && url === '/-/reload') {
      response.writeHead(this.refuses ? 500 : 200).end();
      return;
    }
    const onward = request({ host: '127.0.0.1', port: this.target, method, path: url, headers, agent: false });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(onward);
  }
}
