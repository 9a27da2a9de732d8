import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText } from './error-code';
import type { Log } from './json-log';
import { METRICS_TYPE } from './metrics-text';
import type { ListenAddress } from './setting-readers';

/** Serves the sidecar's own `/metrics`. That it cannot is said, and never keeps the sidecar from its work. */
export class MetricsServer {
  private readonly server: Server;

  constructor(
    private readonly address: ListenAddress,
    text: () => string,
    private readonly log: Log,
  ) {
    this.server = createServer((request, response) => {
      request.resume();
      const isRead = request.method === 'GET' || request.method === 'HEAD';
      const status = request.url?.split('?')[0] !== '/metrics' ? 404 : isRead ? 200 : 405;
      if (status !== 200) response.writeHead(status).end();
      else response.writeHead(200, { 'content-type': METRICS_TYPE }).end(text());
    });
    // Nothing but small requests of a scraper is expected here.
    this.server.maxConnections = 16;
    this.server.requestTimeout = 10_000;
  }

  /** The port it listens on, null when it does not. */
  get port(): number | null {
    return (this.server.address() as AddressInfo | null)?.port ?? null;
  }

  /** Serves until the signal aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      this.server.listen({ ...this.address, signal });
      await once(this.server, 'listening');
    } catch (error) {
      this.log('error', 'the metrics cannot be served', { error: errorText(error) });
      return;
    }
    this.server.on('error', (error) => this.log('warn', 'the metrics are troubled', { error: errorText(error) }));
    this.log('info', 'metrics are served', { port: this.port });
    // Aborting closes the listener; a scraper's idle connection must not hold up the end.
    signal.addEventListener('abort', () => this.server.closeAllConnections(), { once: true });
    if (this.server.listening) await once(this.server, 'close');
  }
}
