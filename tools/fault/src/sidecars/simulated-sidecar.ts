import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Longest time that the server is asked to hold a request, in milliseconds. */
const HOLD_MS = 5_000;
/** First pause after an error, before jitter, as the sidecar has it. */
const FIRST_PAUSE_MS = 1_000;
/** Longest one: the sync interval. */
export const LONGEST_PAUSE_MS = 30_000;
const TIMEOUT_MS = 20_000;

/** One answered request. */
export interface Pull {
  status: number;
  startedAt: number;
  /** How long it took, less the time that the server was asked to hold it. */
  lateMs: number;
}

/** Asks like a sidecar: with the tag it knows, held by the server, on a connection of its own, with growing jittered pauses after errors. */
export class SimulatedSidecar {
  readonly pulls: Pull[] = [];
  errors = 0;
  private etag: string | null = null;

  constructor(
    private readonly port: number,
    private readonly cluster: { id: string; syncToken: string },
    private readonly random: () => number,
  ) {}

  /** Whether it has got a file. */
  get isServed(): boolean {
    return this.etag !== null;
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const answered = await this.pull(signal);
      if (answered) failures = 0;
      else {
        this.errors += 1;
        const step = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures);
        failures += 1;
        await delay(step * (0.5 + this.random() / 2), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private pull(signal: AbortSignal): Promise<boolean> {
    const startedAt = performance.now();
    const holdMs = this.etag === null ? 0 : HOLD_MS;
    const path = `/api/v1/configs?cluster_id=${this.cluster.id}&type=prometheus-rules${holdMs > 0 ? `&wait=${holdMs}ms` : ''}`;
    const headers = {
      authorization: `Bearer ${this.cluster.syncToken}`,
      ...(this.etag === null ? {} : { 'if-none-match': this.etag }),
    };
    return new Promise((resolve) => {
      const outgoing = request({
        host: '127.0.0.1',
        port: this.port,
        path,
        headers,
        agent: false,
        timeout: TIMEOUT_MS,
        signal,
      });
      outgoing.on('error', () => resolve(false));
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('response', (answer) => {
        answer.on('error', () => resolve(false));
        answer.resume().on('end', () => {
          const status = answer.statusCode ?? 0;
          const isGood = status === 200 || status === 304;
          const spentMs = performance.now() - startedAt;
          this.pulls.push({ status, startedAt, lateMs: Math.max(0, status === 304 ? spentMs - holdMs : spentMs) });
          if (status === 200) this.etag = String(answer.headers.etag);
          resolve(isGood);
        });
      });
      outgoing.end();
    });
  }
}
