import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { SupervisedService } from './supervised-service';

const LOOK_EVERY_MS = 250;

/**
 * A load balancer as it stands in front of replicas: sends each request to one that says it is ready, over a connection of its
 * own, and tries another one only when the connection was refused. A request that was sent is never sent again.
 */
export class Balancer {
  private readonly server: Server;
  private ready: SupervisedService[] = [];
  private next = 0;
  private isStopping = false;
  private loop: Promise<void> = Promise.resolve();

  private constructor(private readonly services: readonly SupervisedService[]) {
    this.server = createServer((incoming, outgoing) => void this.forward(incoming, outgoing));
  }

  static async start(services: readonly SupervisedService[]): Promise<Balancer> {
    const balancer = new Balancer(services);
    await balancer.look();
    balancer.loop = balancer.watch();
    await new Promise<void>((resolve) => balancer.server.listen(0, '127.0.0.1', resolve));
    return balancer;
  }

  /** `http://127.0.0.1:<port>` */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.loop;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async watch(): Promise<void> {
    while (!this.isStopping) {
      await this.look();
      await delay(LOOK_EVERY_MS);
    }
  }

  private async look(): Promise<void> {
    const answers = await Promise.all(this.services.map((service) => service.ready()));
    this.ready = this.services.filter((_service, index) => answers[index] === true);
  }

  private async forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    this.next += 1;
    const start = this.next;
    const candidates = this.ready.map((_service, index, all) => all[(index + start) % all.length]);
    for (const service of candidates) {
      if (service && (await this.tryOne(service, incoming, body, outgoing)) === 'done') return;
    }
    outgoing.writeHead(502).end('no gateway');
  }

  private tryOne(
    service: SupervisedService,
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    outgoing: ServerResponse,
  ): Promise<'done' | 'refused'> {
    return new Promise((resolve) => {
      const { connection: _ours, ...forwarded } = headers;
      const upstream = request(
        `${service.url}${url ?? ''}`,
        { method, headers: forwarded, agent: false },
        (response) => {
          outgoing.writeHead(response.statusCode ?? 502, { 'content-type': response.headers['content-type'] ?? '' });
          response.on('error', () => outgoing.destroy());
          response.pipe(outgoing);
          response.on('end', () => resolve('done'));
        },
      );
      upstream.on('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ECONNREFUSED') return resolve('refused');
        if (!outgoing.headersSent) outgoing.writeHead(502, { 'x-reason': error.code ?? 'unknown' });
        outgoing.end();
        resolve('done');
      });
      upstream.end(body);
    });
  }
}
