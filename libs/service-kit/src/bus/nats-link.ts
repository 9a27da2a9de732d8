import { inboxPrefix, ServiceError, type ServiceName } from '@alertagent/contracts';
import { connect, createInbox, Events, type NatsConnection } from 'nats';

/** Where and as whom a service talks to NATS. */
export interface NatsLinkOptions {
  /** `nats://host:port`, several separated by commas. */
  url: string;
  username?: string | null;
  password?: string | null;
  service: ServiceName;
  onStatus?: (status: string, detail: string) => void;
}

const REPORTED = new Set<string>([Events.Disconnect, Events.Reconnect, Events.Error, Events.LDM]);

/**
 * The one connection of a process. It is opened in the background and re-opened for ever: a service
 * starts, serves and commits without NATS, and catches up when it is there.
 */
export class NatsLink {
  private connection: NatsConnection | null = null;
  private up = false;
  private closing = false;
  private stopPause: (() => void) | null = null;
  private readonly opened: Promise<NatsConnection>;

  constructor(private readonly options: NatsLinkOptions) {
    this.opened = this.open();
    // Whoever needs the connection awaits `whenOpen`; without this an unused link would crash the process when closed early.
    this.opened.catch(() => undefined);
  }

  /** True while the server answers. */
  get isUp(): boolean {
    return this.up;
  }

  /** The connection, once there has ever been one. */
  whenOpen(): Promise<NatsConnection> {
    return this.opened;
  }

  /** The connection right now; `unavailable` when NATS is away, so that callers fail fast instead of queueing. */
  current(): NatsConnection {
    if (!this.connection || !this.up) throw new ServiceError('unavailable', 'the message bus is not reachable');
    return this.connection;
  }

  /** A subject nobody else has, under the prefix that only this service may listen to. */
  newInbox(): string {
    return createInbox(inboxPrefix(this.options.service));
  }

  /** Sends what is pending and closes; safe when never connected. */
  async close(): Promise<void> {
    this.closing = true;
    this.stopPause?.();
    // An attempt under way would otherwise outlive its owner.
    if (!this.connection) await this.opened.catch(() => undefined);
    if (!this.connection || this.connection.isClosed()) return;
    if (this.up) await this.connection.drain();
    else await this.connection.close();
  }

  private async open(): Promise<NatsConnection> {
    let lastReason = '';
    while (!this.closing) {
      try {
        return await this.adopt(await this.tryToConnect());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== lastReason && !this.closing) this.options.onStatus?.('unreachable', reason);
        lastReason = reason;
      }
      await this.pause(250 + Math.random() * 250);
    }
    throw new ServiceError('unavailable', 'closed before the message bus was reached');
  }

  private tryToConnect(): Promise<NatsConnection> {
    const { url, username, password, service } = this.options;
    return connect({
      servers: url.split(',').map((server) => server.trim()),
      name: `alertagent-${service}`,
      inboxPrefix: inboxPrefix(service),
      timeout: 2_000,
      maxReconnectAttempts: -1,
      // A server that comes back with its users missing gets them later; giving up would leave a deaf service.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 5_000,
      maxPingOut: 2,
      ...(username ? { user: username, pass: password ?? '' } : {}),
    });
  }

  private async adopt(connection: NatsConnection): Promise<NatsConnection> {
    if (this.closing) {
      await connection.close();
      throw new ServiceError('unavailable', 'closed before the message bus was reached');
    }
    this.connection = connection;
    this.up = true;
    this.options.onStatus?.('connected', connection.getServer());
    void this.watch(connection);
    return connection;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.stopPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === Events.Disconnect) this.up = false;
      if (status.type === Events.Reconnect) this.up = true;
      // Pings and reconnect attempts are the client's own business.
      if (!REPORTED.has(status.type)) continue;
      this.options.onStatus?.(String(status.type), typeof status.data === 'string' ? status.data : '');
    }
    this.up = false;
  }
}
