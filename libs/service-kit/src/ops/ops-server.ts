import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics, MetricSnapshot } from '../metrics/metrics';
import type { Readiness } from './readiness';

export interface OpsServerOptions {
  /** Address to listen on; loopback unless the configuration says otherwise. */
  host: string;
  /** Port to listen on; 0 picks a free one. */
  port: number;
  readiness: Readiness;
  /** Absent when metrics are turned off; the path then answers 404. */
  metrics?: Metrics;
  /** Path of the metrics. */
  metricsPath?: string;
  /** The figures of another part of the service, shown with these; null when they cannot be had. */
  otherMetrics?: () => Promise<MetricSnapshot | null>;
}

/** HTTP limits that keep a slow or endless client from holding a connection; also used for the public servers. */
export const HTTP_LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 16_384,
} as const;

const MAX_CONNECTIONS = 100;

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** `/health`, `/ready` and `/metrics` of one process, on a port of its own that is not meant for the public. */
export class OpsServer {
  private readonly server: Server;
  private readonly routes: ReadonlyMap<string, () => Promise<Answer>>;

  constructor(private readonly options: OpsServerOptions) {
    const { readiness, metrics, metricsPath = '/metrics', otherMetrics } = options;
    this.routes = new Map<string, () => Promise<Answer>>([
      ['/health', async () => json(200, healthReport())],
      ['/ready', async () => readyAnswer(readiness)],
      ...(metrics ? [[metricsPath, async () => metricsAnswer(metrics, otherMetrics)] as const] : []),
    ]);
    this.server = createServer(HTTP_LIMITS, (request, response) => void this.handle(request, response));
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  /** Starts to listen. Resolves to the port; rejects with the system's error, e.g. `EADDRINUSE`. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(this.options.port, this.options.host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    return (this.server.address() as AddressInfo).port;
  }

  /** Stops listening and cuts what is still connected: probes come again. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.answer(request).catch(() => json(500, { status: 'unhealthy' }));
    const allow = answer.status === 405 ? { allow: 'GET, HEAD' } : {};
    response.writeHead(answer.status, {
      'content-type': answer.contentType,
      'content-length': Buffer.byteLength(answer.body),
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      // A body nobody asked for is not read; the connection goes with it.
      ...(request.method === 'GET' || request.method === 'HEAD' ? {} : { connection: 'close' }),
      ...allow,
    });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }

  private async answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = this.routes.get(path);
    if (!route) return json(404, { status: 404, title: 'Not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return json(405, { status: 405, title: 'Method not allowed' });
    return route();
  }
}

/** That this can be answered shows that the event loop turns; what the service needs is the matter of readiness. */
export function healthReport(): { status: 'healthy'; timestamp: string } {
  return { status: 'healthy', timestamp: new Date().toISOString() };
}

async function readyAnswer(readiness: Readiness): Promise<Answer> {
  const report = await readiness.report();
  return json(report.status === 'healthy' ? 200 : 503, report);
}

async function metricsAnswer(metrics: Metrics, other: OpsServerOptions['otherMetrics']): Promise<Answer> {
  const { contentType, body } = await metrics.render(await other?.());
  return { status: 200, contentType, body };
}

function json(status: number, value: object): Answer {
  return { status, contentType: 'application/json; charset=utf-8', body: JSON.stringify(value) };
}
