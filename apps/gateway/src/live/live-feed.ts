import { setImmediate as otherWork, setTimeout as delay } from 'node:timers/promises';
import { AlertAgentConfig, LOGGER, StreamReader, type Logger, type StreamState } from '@alertagent/service-kit';
import { Inject, Injectable } from '@nestjs/common';
import { liveEvent, type LiveEvent } from './live-event';
import type { LivePosition } from './live-position';
import { RecentEvents } from './recent-events';

/** Pause before the stream is looked for again, in milliseconds. */
const RETRY_MS = 500;

/** After so many events in one go clients get to write theirs: else a burst would make all of them look slow. */
const EVENTS_IN_ONE_GO = 16;

/** What comes after a position. */
export type Next =
  | { kind: 'event'; event: LiveEvent }
  /** Nothing yet; or nobody knows now, as the message server or the stream is away. */
  | { kind: 'wait' }
  /** More than is kept here: read it from the stream. */
  | { kind: 'behind' }
  /** This position is further than anything seen here: another gateway was quicker, or it is not a position of this stream. */
  | { kind: 'ahead' }
  /** The position is none of this stream. */
  | { kind: 'foreign' };

/** Whether the stream is there: `unknown` while the message server cannot be asked. */
export type FeedState = 'unknown' | 'absent' | 'following';

/** The one reading of the gateway's stream in this process, with the last events in memory for everybody who follows along. */
@Injectable()
export class LiveFeed {
  private readonly log: Logger;
  private readonly recent: RecentEvents;
  private readonly limit: number;
  private readonly listeners = new Set<() => void>();
  /** The last event seen; null before the stream was found. */
  private head: LivePosition | null = null;
  /** The stream's last number when it was found: up to there events are history. */
  private historyEnd = 0;
  private status: FeedState = 'unknown';
  private restarts = 0;
  private reading: AbortController | null = null;
  /** When the last reading is over; the next one waits for it. */
  private ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly reader: StreamReader,
    config: AlertAgentConfig,
    @Inject(LOGGER) log: Logger,
  ) {
    this.limit = config.gateway.live.recent_events;
    this.recent = new RecentEvents(this.limit);
    this.log = log.component('live');
  }

  /** `following` once all that was in the stream when it was found has been seen. */
  get state(): FeedState {
    return this.status;
  }

  /** Grows whenever the events kept here are not the continuation of those kept before. */
  get generation(): number {
    return this.restarts;
  }

  /** Where the stream ends now; null unless it is followed. */
  end(): LivePosition | null {
    return this.status === 'following' ? this.head : null;
  }

  /** Resolves when it is known whether there is a stream, or the time is over, in milliseconds. */
  async settled(timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      let limit: NodeJS.Timeout | undefined = undefined;
      const finish = (): void => {
        clearTimeout(limit);
        forget();
        resolve();
      };
      const forget = this.onChange(() => (this.status === 'unknown' ? undefined : finish()));
      limit = setTimeout(finish, timeoutMs);
      if (this.status !== 'unknown') finish();
    });
  }

  /** What comes after this position. */
  next(position: LivePosition): Next {
    const { head } = this;
    if (this.status !== 'following' || head === null) return { kind: 'wait' };
    if (position.created !== head.created) return { kind: 'foreign' };
    if (position.seq > head.seq) return { kind: 'ahead' };
    const known = this.recent.get(position.seq) ?? (position.seq === head.seq ? head : undefined);
    if (known && differs(known, position)) return { kind: 'foreign' };
    if (position.seq === head.seq) return { kind: 'wait' };
    const firstSeq = this.recent.firstSeq ?? head.seq + 1;
    const event = this.recent.after(position.seq);
    return event && position.seq + 1 >= firstSeq ? { kind: 'event', event } : { kind: 'behind' };
  }

  /** Calls `listener` whenever `next` may answer something else. Returns how to stop that. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Starts to follow; the message server may be away. */
  start(): void {
    if (this.reading) return;
    const { signal } = (this.reading = new AbortController());
    this.ended = this.ended.then(() => this.run(signal));
  }

  /** Stops to follow; what was seen is kept for the next start. */
  async stop(): Promise<void> {
    this.reading?.abort();
    this.reading = null;
    await this.ended;
  }

  private async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.follow(signal);
      } catch (error) {
        if (!signal.aborted) this.log.debug({ error }, 'the stream is not followed now');
      }
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    this.become('unknown');
  }

  private async follow(signal: AbortSignal): Promise<void> {
    const state = await this.reader.state();
    if (signal.aborted) return;
    if (state === null) {
      this.become('absent');
      return;
    }
    const from = this.continuesIn(state) ? (this.head?.seq ?? 0) : this.begin(state);
    this.historyEnd = state.lastSeq;
    this.becomeFollowing();
    for await (const stored of this.reader.read(from, signal)) {
      const event = liveEvent(stored);
      if (!this.take(event)) return;
      this.becomeFollowing();
      if (event.seq % EVENTS_IN_ONE_GO === 0) await otherWork();
    }
  }

  /** Whether what was seen is still in the stream, not far from its end. */
  private continuesIn({ created, firstSeq, lastSeq }: StreamState): boolean {
    const { head } = this;
    if (head === null || head.created !== Date.parse(created)) return false;
    return head.seq >= firstSeq && head.seq <= lastSeq && lastSeq - head.seq < this.limit;
  }

  /** Forgets what was seen and starts with the last events of the stream. Returns the number of the first one. */
  private begin({ created, firstSeq, lastSeq }: StreamState): number {
    const from = Math.max(firstSeq, lastSeq - this.limit + 1, 1);
    this.recent.clear();
    this.restarts += 1;
    this.status = 'unknown';
    this.head = { created: Date.parse(created), seq: Math.min(from - 1, lastSeq), storedAt: 0 };
    return from;
  }

  /** False when the stream's numbers do not go on where they did: it lost events and gave their numbers out again. */
  private take(event: LiveEvent): boolean {
    const { head } = this;
    if (head === null) return false;
    if (event.seq <= head.seq) {
      if (!differs(event, head)) return true;
      this.head = null;
      return false;
    }
    this.recent.add(event);
    this.head = { created: head.created, seq: event.seq, storedAt: event.storedAt };
    return true;
  }

  private becomeFollowing(): void {
    if (this.head && this.head.seq >= this.historyEnd) this.become('following', true);
  }

  private become(status: FeedState, isNews = status !== this.status): void {
    this.status = status;
    if (isNews) for (const listener of this.listeners) listener();
  }
}

/** Whether one number stands for two events. */
function differs(
  event: { seq: number; storedAt: number },
  { seq, storedAt }: { seq: number; storedAt: number },
): boolean {
  return event.seq === seq && event.storedAt !== storedAt && event.storedAt !== 0 && storedAt !== 0;
}
