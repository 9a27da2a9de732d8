import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from './ledger';
import { RawConnection } from './raw-connection';
import { ledgerId, LEDGER_DIGITS, webhookText, type AlertStyle } from './webhook-text';

export interface FloodOptions {
  port: number;
  token: string;
  /** Starts the ledger ids. */
  prefix: string;
  /** File of the ledger. */
  ledger: string;
  alertsPerWebhook: number;
  /** Connections that may be open at once. */
  connections: number;
}

/** What one flood came to. */
export interface FloodResult {
  /** Webhooks sent. */
  sent: number;
  /** Webhooks per second that were answered 2xx. */
  acceptedPerSecond: number;
  /** Answers by status or reason. */
  answers: Map<string, number>;
  /** Milliseconds from the sending of a webhook to its 2xx. */
  acceptedMs: number[];
}

const TICK_MS = 5;
const CONNECTIONS_AT_ONCE = 50;

/**
 * Delivers more webhooks than a `Sender` could: straight on sockets, one body renumbered in place. Alerts are unique and in a ledger,
 * as a `Sender`'s are.
 */
export class Flood {
  readonly ledger: Ledger;
  readonly style: AlertStyle;
  private readonly idle: RawConnection[] = [];
  private readonly all: RawConnection[] = [];
  private nextAlert = 0;
  private result: FloodResult = emptyResult();

  constructor(private readonly options: FloodOptions) {
    this.style = { prefix: options.prefix, startsAt: Date.now() - 60_000, services: 30, padding: 0 };
    this.ledger = new Ledger(options.ledger);
  }

  get sentAlerts(): number {
    return this.nextAlert;
  }

  /**
   * Opens all connections with a webhook on each, some at a time: what is measured later is how webhooks are answered, not how
   * connections are made; and a server does not keep a connection for long on which nothing ever came.
   */
  async connect(): Promise<void> {
    while (this.all.length < this.options.connections) {
      const missing = this.options.connections - this.all.length;
      const some = Array.from({ length: Math.min(CONNECTIONS_AT_ONCE, missing) }, () => this.open());
      await Promise.all(some.map((connection) => this.sendOn(connection)));
      this.idle.push(...some);
    }
  }

  /** Each connection sends its next webhook when the last one was answered, for this long. */
  async closedLoop(connections: number, seconds: number): Promise<FloodResult> {
    this.result = emptyResult();
    const until = performance.now() + seconds * 1_000;
    const work = async (): Promise<void> => {
      const connection = this.idle.pop() ?? this.open();
      while (performance.now() < until) await this.sendOn(connection);
      this.idle.push(connection);
    };
    await Promise.all(Array.from({ length: connections }, work));
    return this.finish(seconds);
  }

  /** Webhooks are due by the clock, whether or not earlier ones were answered; one that finds no connection waits. */
  async openLoop(perSecond: number, seconds: number): Promise<FloodResult> {
    this.result = emptyResult();
    const underWay = new Set<Promise<void>>();
    let waiting = 0;
    const sendWaiting = (): void => {
      while (waiting > 0) {
        const connection = this.idle.pop() ?? (this.all.length < this.options.connections ? this.open() : undefined);
        if (!connection) return;
        waiting -= 1;
        const sending = this.sendOn(connection).then(() => {
          underWay.delete(sending);
          this.idle.push(connection);
          sendWaiting();
        });
        underWay.add(sending);
      }
    };
    const began = performance.now();
    for (let due = 0; performance.now() < began + seconds * 1_000; await delay(TICK_MS)) {
      const target = ((performance.now() - began) / 1_000) * perSecond;
      for (; due < target; due += 1) waiting += 1;
      sendWaiting();
    }
    waiting = 0;
    await Promise.all(underWay);
    return this.finish(seconds);
  }

  async close(): Promise<void> {
    for (const connection of this.all) connection.close();
    await this.ledger.close();
  }

  private open(): RawConnection {
    const { port, token, alertsPerWebhook: count } = this.options;
    const body = webhookText(this.style, { from: 0, count, status: 'firing' });
    const head =
      `POST /api/v1/alerts/webhook HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${token}\r\n` +
      `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const connection = new RawConnection(port, Buffer.from(head + body), this.marks(head + body));
    this.all.push(connection);
    return connection;
  }

  /** Where in the text the digits of each alert's number are. */
  private marks(text: string): number[] {
    return Array.from({ length: this.options.alertsPerWebhook }, (_, index) => {
      const id = `"${ledgerId(this.style.prefix, index)}"`;
      const at = text.indexOf(id, text.indexOf('"alerts":['));
      return Buffer.byteLength(text.slice(0, at + id.length - 1)) - LEDGER_DIGITS;
    });
  }

  private async sendOn(connection: RawConnection): Promise<void> {
    const { alertsPerWebhook: count } = this.options;
    const from = this.nextAlert;
    this.nextAlert += count;
    this.result.sent += 1;
    const attempt = this.ledger.begin({ from, count, status: 'firing' });
    const sentAt = performance.now();
    const { status, detail } = await connection.send(from);
    const now = performance.now();
    const isAccepted = status >= 200 && status < 300;
    this.ledger.end(
      attempt,
      isAccepted ? 'ok' : status >= 300 && status < 500 ? 'refused' : 'unknown',
      detail,
      now - sentAt,
    );
    this.result.answers.set(detail, (this.result.answers.get(detail) ?? 0) + 1);
    if (isAccepted) this.result.acceptedMs.push(now - sentAt);
  }

  private finish(seconds: number): FloodResult {
    const { result } = this;
    return { ...result, acceptedPerSecond: result.acceptedMs.length / seconds };
  }
}

function emptyResult(): FloodResult {
  return { sent: 0, acceptedPerSecond: 0, answers: new Map(), acceptedMs: [] };
}
