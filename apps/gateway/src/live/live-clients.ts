import type { ServerResponse } from 'node:http';
import { ServiceError } from '@alertagent/contracts';
import { AlertAgentConfig, LOGGER, StreamReader, type Logger } from '@alertagent/service-kit';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { CatchUpTurns } from './catch-up-turns';
import { EventStream } from './event-stream';
import { LiveClient, type LiveSources } from './live-client';
import { LiveFeed } from './live-feed';
import type { LiveFilter } from './live-filter';
import { LiveMetrics, type LiveEnding } from './live.metrics';

/** How many may read old events from the stream at a time; each takes some megabytes meanwhile. */
const CATCH_UPS_AT_ONCE = 4;

/** How long one who comes waits for the point from which on it will get everything, in milliseconds. */
const SETTLE_MS = 2_000;

/** When a client should come again, in milliseconds; spread, so that those of a stopped gateway do not come at once. */
const retryMs = (): number => Math.round(1_000 + Math.random() * 3_000);

/** One who wants to follow. */
export interface LiveArrival {
  /** Writes the head of the answer and hands it over; what happens after that reaches the client. */
  open(): ServerResponse;
  filter: LiveFilter;
  lastEventId: string | null;
  /** Whether its token is still good. Asked now and then; an error counts as yes, since it says nothing about the token. */
  isAllowed(): Promise<boolean>;
}

interface Present {
  client: LiveClient;
  stream: EventStream;
  isAllowed(): Promise<boolean>;
  wasFull: boolean;
  end(reason: LiveEnding): void;
}

/** Everybody who follows the live stream of this process. The stream is only read while there is somebody. */
@Injectable()
export class LiveClients implements OnModuleDestroy {
  private readonly present = new Set<Present>();
  private readonly running = new Set<Promise<void>>();
  private readonly sources: LiveSources;
  private readonly maxClients: number;
  private readonly heartbeatMs: number;
  private readonly log: Logger;
  private heartbeat: NodeJS.Timeout | undefined;
  /** How many wait for their point. */
  private arriving = 0;
  private isClosing = false;

  constructor(
    private readonly feed: LiveFeed,
    reader: StreamReader,
    private readonly metrics: LiveMetrics,
    config: AlertAgentConfig,
    @Inject(LOGGER) log: Logger,
  ) {
    const { max_clients, heartbeat } = config.gateway.live;
    this.maxClients = max_clients;
    this.heartbeatMs = heartbeat;
    this.log = log.component('live');
    const turns = new CatchUpTurns(CATCH_UPS_AT_ONCE);
    this.sources = { feed, reader, turns, onReset: (reason) => metrics.reset(reason) };
    metrics.watchClients(() => this.present.size);
  }

  /**
   * Writes events into the answer until either side ends it. Resolves when the client is let in. Error: `unavailable` when one more
   * is too many, or the process stops.
   */
  async add(arrival: LiveArrival): Promise<void> {
    this.assertRoom();
    this.arriving += 1;
    try {
      this.feed.start();
      await this.feed.settled(SETTLE_MS);
      if (this.isClosing) this.refuse();
      this.letIn(arrival);
    } finally {
      this.arriving -= 1;
      this.restWhenAlone();
    }
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    for (const entry of [...this.present]) entry.end('shutdown');
    await Promise.all(this.running);
    await this.feed.stop();
  }

  private assertRoom(): void {
    if (this.isClosing || this.present.size + this.arriving >= this.maxClients) this.refuse();
  }

  private refuse(): never {
    this.metrics.ended('refused');
    throw new ServiceError(
      'unavailable',
      this.isClosing
        ? 'this gateway is stopping; connect again'
        : 'too many follow the live stream now; come again later, or raise gateway.live.max_clients',
    );
  }

  private letIn({ open, filter, lastEventId, isAllowed }: LiveArrival): void {
    const response = open();
    // The client went away while it was to wait.
    if (response.closed || response.destroyed) return;
    let ending: LiveEnding = 'left';
    const stream = new EventStream(response, () => this.remove(entry, ending));
    stream.write({ comment: 'connected', retry: retryMs() });
    const client = new LiveClient(this.sources, { stream, filter, lastEventId });
    const end = (reason: LiveEnding): void => {
      ending = reason;
      stream.end();
    };
    const entry: Present = { client, stream, isAllowed, wasFull: false, end };
    this.present.add(entry);
    this.heartbeat ??= setInterval(() => this.beat(), this.heartbeatMs);
    this.run(entry);
  }

  private run(entry: Present): void {
    const running = entry.client
      .run()
      .catch((error: unknown) => {
        this.log.error({ error }, 'a live stream failed');
        return 'left' as const;
      })
      .then((reason) => entry.end(reason))
      .finally(() => this.running.delete(running));
    this.running.add(running);
  }

  private remove(entry: Present, ending: LiveEnding): void {
    entry.client.stop();
    this.present.delete(entry);
    this.metrics.ended(ending);
    this.restWhenAlone();
  }

  private restWhenAlone(): void {
    if (this.present.size + this.arriving > 0) return;
    clearInterval(this.heartbeat);
    this.heartbeat = undefined;
    void this.feed.stop();
  }

  private beat(): void {
    for (const entry of this.present) {
      // Nothing taken in a whole interval: the other end is gone, or might as well be.
      if (entry.stream.isFull && entry.wasFull) {
        entry.end('stalled');
        continue;
      }
      entry.wasFull = entry.stream.isFull;
      if (!entry.wasFull) entry.client.beat();
      void this.checkToken(entry);
    }
  }

  private async checkToken(entry: Present): Promise<void> {
    const isAllowed = await entry.isAllowed().catch(() => true);
    if (!isAllowed) entry.end('revoked');
  }
}
