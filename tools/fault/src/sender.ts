import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, type Outcome, type WebhookRange } from './ledger';
import { Random } from './random';
import { webhookText, type AlertStyle } from './webhook-text';

export interface SenderOptions {
  /** Where to deliver; webhooks go to them at random. Asked for each webhook. */
  urls: () => readonly string[];
  token: string;
  /** Starts the ledger ids. */
  prefix: string;
  seed: number;
  /** File of the ledger. */
  ledger: string;
  /** Webhooks under way at the same time; 16 unless told. */
  workers?: number;
  /** Fewest and most alerts in one webhook; 1 and 20 unless told. */
  alertsPerWebhook?: readonly [number, number];
  /** Milliseconds until an answer is not waited for any more; 10,000 unless told. */
  timeoutMs?: number;
  /** Share of the webhooks with unknown outcome that are sent again until they are answered, as Alertmanager does; 0.9 unless told. */
  repeated?: number;
  style?: Partial<Pick<AlertStyle, 'services' | 'padding'>>;
}

/** How one attempt ended. */
export interface Answer {
  outcome: Outcome;
  /** 0 when there was no answer. */
  status: number;
  ms: number;
}

const REPEAT_AFTER_MS = 300;
const MAX_REPEATS = 200;

/** Delivers webhooks with unique alerts as an Alertmanager would, and writes down what it tried and was told. */
export class Sender {
  /** Answers by status or reason. */
  readonly answers = new Map<string, number>();
  /** Milliseconds of each 2xx. */
  readonly acceptedMs: number[] = [];
  readonly ledger: Ledger;
  readonly style: AlertStyle;
  /** Alerts that a 2xx was given for. */
  acceptedAlerts = 0;
  private readonly random: Random;
  private readonly agent: Agent;
  private readonly repeats = new Set<Promise<void>>();
  private nextAlert = 0;

  constructor(private readonly options: SenderOptions) {
    const { prefix, seed, style } = options;
    this.random = new Random(`${prefix} ${seed}`);
    this.style = { prefix, startsAt: Date.now() - 60_000, services: 30, padding: 0, ...style };
    this.ledger = new Ledger(options.ledger);
    this.agent = new Agent({ keepAlive: true });
  }

  /** How many alerts have been tried so far. */
  get sentAlerts(): number {
    return this.nextAlert;
  }

  /** Delivers this many new alerts as fast as they are answered; resolves when each has been tried once. */
  async send(alerts: number): Promise<void> {
    const { workers = 16 } = this.options;
    let left = alerts;
    const work = async (): Promise<void> => {
      while (left > 0) {
        const range = this.nextRange(left);
        left -= range.count;
        await this.deliverOnce(range);
      }
    };
    await Promise.all(Array.from({ length: workers }, work));
  }

  /** Delivers webhooks at a fixed rate, whether or not earlier ones are answered, for this long. */
  async sendByClock(webhooksPerSecond: number, seconds: number): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const began = performance.now();
    for (let sent = 0; ; sent += 1) {
      const due = began + (sent * 1_000) / webhooksPerSecond;
      if (due > began + seconds * 1_000) break;
      const wait = due - performance.now();
      if (wait > 1) await delay(wait);
      const delivery = this.deliverOnce(this.nextRange(Infinity)).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    }
    await Promise.all(underWay);
  }

  /** Delivers these alerts, new or not, once. */
  async deliver(range: WebhookRange, url = this.random.pick(this.options.urls())): Promise<Answer> {
    this.nextAlert = Math.max(this.nextAlert, range.from + range.count);
    const attempt = this.ledger.begin(range);
    const began = performance.now();
    const { status, detail } = await this.post(url, webhookText(this.style, range));
    const ms = performance.now() - began;
    const outcome = outcomeOf(status);
    this.ledger.end(attempt, outcome, detail, ms);
    this.answers.set(detail, (this.answers.get(detail) ?? 0) + 1);
    if (outcome === 'ok') {
      this.acceptedMs.push(ms);
      this.acceptedAlerts += range.count;
    }
    return { outcome, status, ms };
  }

  /** Numbers for alerts that nobody has had yet. */
  nextRange(most: number, status: WebhookRange['status'] = 'firing'): WebhookRange {
    const [fewest, many] = this.options.alertsPerWebhook ?? [1, 20];
    const count = Math.min(most, this.random.between(fewest, many));
    const from = this.nextAlert;
    this.nextAlert += count;
    return { from, count, status };
  }

  /** Waits for what is repeated, then closes connections and ledger. */
  async close(): Promise<void> {
    await Promise.all(this.repeats);
    this.agent.destroy();
    await this.ledger.close();
  }

  private async deliverOnce(range: WebhookRange): Promise<void> {
    const { outcome } = await this.deliver(range);
    if (outcome !== 'unknown' || !this.random.chance(this.options.repeated ?? 0.9)) return;
    const repeating = this.repeat(range).finally(() => this.repeats.delete(repeating));
    this.repeats.add(repeating);
  }

  private async repeat(range: WebhookRange): Promise<void> {
    for (let attempt = 0; attempt < MAX_REPEATS; attempt += 1) {
      await delay(REPEAT_AFTER_MS);
      const { outcome } = await this.deliver(range);
      if (outcome !== 'unknown') return;
    }
  }

  private post(url: string, body: string): Promise<{ status: number; detail: string }> {
    return new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void =>
        resolve({ status: 0, detail: error.code ?? error.message.slice(0, 80) });
      const outgoing = request(
        url,
        {
          method: 'POST',
          agent: this.agent,
          headers: {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
            authorization: `Bearer ${this.options.token}`,
          },
          signal: AbortSignal.timeout(this.options.timeoutMs ?? 10_000),
        },
        (response: IncomingMessage) => {
          response.on('error', failed);
          response.on('end', () => resolve({ status: response.statusCode ?? 0, detail: String(response.statusCode) }));
          response.resume();
        },
      );
      outgoing.on('error', failed);
      outgoing.end(body);
    });
  }
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return 'ok';
  return status >= 300 && status < 500 ? 'refused' : 'unknown';
}
