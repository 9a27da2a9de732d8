import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort, releasePort } from '@alertagent/local-stack';
import { ProxyLane, type LaneSurroundings } from './proxy-lane';
import { PASS, type Direction, type ProxyMode } from './proxy-mode';

/** Where the proxy leads, and what it may be told besides. */
export interface TcpProxyOptions {
  /** Port of the server on 127.0.0.1. */
  target: number;
  /** Port to listen on; a free one unless given. */
  port?: number;
  /** Source of jitter between 0 and 1; seeded by the rows so that a run repeats. */
  random?: () => number;
  /** Sees each piece before it goes on; it may call `set`, which then applies to this very piece. */
  tap?: (direction: Direction, bytes: Buffer) => void;
}

interface Pair {
  client: Socket;
  server: Socket;
  lanes: readonly ProxyLane[];
}

/** A network between a client and a server on this machine, whose behaviour can be changed while connections are open. */
export class TcpProxy {
  private current: ProxyMode = PASS;
  private listener: Server | undefined;
  private readonly pairs = new Set<Pair>();

  private constructor(
    private readonly options: TcpProxyOptions,
    /** The port on 127.0.0.1 that clients are given instead of the server's. */
    readonly port: number,
  ) {}

  /** Starts with everything passing. Errors: the port is taken. */
  static async start(options: TcpProxyOptions): Promise<TcpProxy> {
    const proxy = new TcpProxy(options, options.port ?? (await freePort()));
    await proxy.listen();
    return proxy;
  }

  get mode(): ProxyMode {
    return this.current;
  }

  /** Connections that go through it now. */
  get connections(): number {
    return this.pairs.size;
  }

  /** Changes the behaviour; resolves when it is in force. */
  async set(mode: ProxyMode): Promise<void> {
    this.current = mode;
    if (mode.kind === 'refuse') await this.hangUp();
    else await this.listen();
    if (mode.kind === 'refuse' || mode.kind === 'reset') this.cut();
    for (const { lanes } of this.pairs) for (const lane of lanes) lane.pump();
  }

  /** Resets every connection, once; the behaviour stays what it is. */
  cut(): void {
    for (const { client, server } of this.pairs) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    await this.hangUp();
    this.cut();
    if (this.options.port === undefined) releasePort(this.port);
  }

  private async listen(): Promise<void> {
    if (this.listener) return;
    const listener = createServer({ allowHalfOpen: true }, (client) => this.accept(client));
    this.listener = listener;
    await new Promise<void>((resolve, reject) => {
      listener.once('error', reject);
      listener.listen({ port: this.port, host: '127.0.0.1' }, resolve);
    });
  }

  private async hangUp(): Promise<void> {
    const listener = this.listener;
    this.listener = undefined;
    if (!listener) return;
    // Its socket is gone at once; the callback would wait for the open connections.
    listener.close();
  }

  private accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.current.kind === 'reset') {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ port: this.options.target, host: '127.0.0.1', allowHalfOpen: true });
    server.on('error', () => client.resetAndDestroy());
    for (const socket of [client, server]) socket.setNoDelay(true);
    const surroundings: LaneSurroundings = {
      mode: () => this.current,
      random: this.options.random ?? Math.random,
      tap: (direction, bytes) => this.options.tap?.(direction, bytes),
    };
    const lanes = [
      new ProxyLane(client, server, 'up', surroundings),
      new ProxyLane(server, client, 'down', surroundings),
    ];
    const pair = { client, server, lanes };
    this.pairs.add(pair);
    const forget = (): void => {
      for (const lane of lanes) lane.stop();
      this.pairs.delete(pair);
    };
    client.on('close', () => this.endWith(forget, server));
    server.on('close', () => this.endWith(forget, client));
  }

  private endWith(forget: () => void, other: Socket): void {
    forget();
    if (!other.destroyed) other.destroySoon();
  }
}
