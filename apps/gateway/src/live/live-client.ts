import { ServiceError } from '@alertagent/contracts';
import type { StreamReader } from '@alertagent/service-kit';
import type { CatchUpTurns } from './catch-up-turns';
import type { EventStream } from './event-stream';
import { liveEvent, type LiveEvent } from './live-event';
import type { LiveFeed } from './live-feed';
import type { LiveFilter } from './live-filter';
import { parsePosition, positionText, type LivePosition } from './live-position';

/** Why a client must load again what it shows: its point of the stream is not to be had. */
export type ResetReason =
  /** The stream was created again, or lost events that had been seen. */
  | 'stream_replaced'
  /** The events after the point are not kept any more. */
  | 'too_old'
  /** The `Last-Event-ID` is none of ours. */
  | 'unknown_position'
  /** The client came without a point while the message server was away, and may have missed what happened until it was back. */
  | 'was_unavailable';

/** What all clients of a process share. */
export interface LiveSources {
  feed: LiveFeed;
  reader: StreamReader;
  turns: CatchUpTurns;
  onReset(reason: ResetReason): void;
}

/** What one client asked for. */
export interface LiveRequest {
  stream: EventStream;
  filter: LiveFilter;
  /** The `Last-Event-ID` header; null for a client that begins now. */
  lastEventId: string | null;
}

/** One reader of the live stream. It remembers where it is, and takes the next event only when the last one could be written. */
export class LiveClient {
  private position: LivePosition | null;
  /** To be told as soon as there is a point to go on from. */
  private pendingReset: ResetReason | null = null;
  /** It came before there was a stream, so the first event of the stream is the first it missed. */
  private readonly cameFirst: boolean = false;
  /** The generation of the feed in which it had everything; null until then. */
  private upToDateIn: number | null = null;
  private readonly stopped = new AbortController();

  constructor(
    private readonly sources: LiveSources,
    private readonly request: LiveRequest,
  ) {
    const { lastEventId } = request;
    this.position = lastEventId === null ? null : parsePosition(lastEventId);
    if (this.position !== null) return;
    if (lastEventId !== null) this.pendingReset = 'unknown_position';
    else if (sources.feed.state === 'unknown') this.pendingReset = 'was_unavailable';
    else this.cameFirst = sources.feed.state === 'absent';
    this.establish();
  }

  /** Says that the stream lives, and how far it is; what failed before is tried again. */
  beat(): void {
    const { stream } = this.request;
    stream.write({ comment: 'heartbeat', ...(this.position ? { id: positionText(this.position) } : {}) });
    stream.wake();
  }

  stop(): void {
    this.stopped.abort();
  }

  /** Writes events until the stream is closed. Resolves to `slow` when the client fell behind what is kept, else to `left`. */
  async run(): Promise<'left' | 'slow'> {
    const { stream } = this.request;
    const { feed } = this.sources;
    const forget = feed.onChange(() => stream.wake());
    try {
      while (!stream.isClosed) {
        if (this.isLeftBehind()) return 'slow';
        if (stream.isFull || !this.establish()) await stream.sleep();
        else await this.step();
      }
      return 'left';
    } finally {
      forget();
    }
  }

  /** Gives the client a point to go on from; false as long as nobody knows one. */
  private establish(): boolean {
    if (this.position !== null) return true;
    const { feed } = this.sources;
    const end = feed.end();
    if (end === null) return false;
    if (this.pendingReset) {
      this.reset(this.pendingReset);
    } else {
      this.position = this.cameFirst ? { ...end, seq: 0, storedAt: 0 } : end;
      this.request.stream.write({ id: positionText(this.position) });
    }
    return true;
  }

  /** Whoever had everything and is behind now takes too little; it may come again and continue from the stream. */
  private isLeftBehind(): boolean {
    const { feed } = this.sources;
    return this.position !== null && this.upToDateIn === feed.generation && feed.next(this.position).kind === 'behind';
  }

  private async step(): Promise<void> {
    const { feed, turns } = this.sources;
    const { position } = this;
    if (position === null) return;
    const next = feed.next(position);
    switch (next.kind) {
      case 'event':
        this.deliver(next.event, position);
        break;
      case 'wait':
        if (feed.state === 'following') this.upToDateIn = feed.generation;
        await this.request.stream.sleep();
        break;
      case 'behind':
        await this.orWait(() => turns.take(() => this.catchUp(position)));
        break;
      case 'ahead':
        await this.orWait(() => this.checkAhead(position));
        break;
      case 'foreign':
        this.reset('stream_replaced');
        break;
    }
  }

  private deliver(event: LiveEvent, { created }: LivePosition): void {
    this.position = { created, seq: event.seq, storedAt: event.storedAt };
    if (event.kind === null || !this.request.filter(event)) return;
    this.request.stream.write({ id: positionText(this.position), event: event.kind, data: event.data });
  }

  /** Reads what the feed has no more from the stream, until the feed can go on. */
  private async catchUp(start: LivePosition): Promise<void> {
    const { feed, reader } = this.sources;
    const { stream } = this.request;
    const state = await reader.state();
    if (state === null || Date.parse(state.created) !== start.created) return this.reset('stream_replaced');
    if (start.seq + 1 < state.firstSeq) return this.reset('too_old');
    // From the last event it had, to see that the number still stands for that event.
    for await (const stored of reader.read(Math.max(start.seq, state.firstSeq), this.stopped.signal)) {
      if (stored.seq === start.seq) {
        if (start.storedAt !== 0 && stored.storedAt !== start.storedAt) return this.reset('stream_replaced');
        continue;
      }
      this.deliver(liveEvent(stored), start);
      while (stream.isFull && !stream.isClosed) await stream.sleep();
      if (stream.isClosed || (this.position && feed.next(this.position).kind !== 'behind')) return;
    }
  }

  /** Another gateway may have been quicker; a number that the stream never reached is another matter. */
  private async checkAhead({ created, seq }: LivePosition): Promise<void> {
    const state = await this.sources.reader.state();
    if (state !== null && Date.parse(state.created) === created && seq <= state.lastSeq) {
      await this.request.stream.sleep();
    } else {
      this.reset('stream_replaced');
    }
  }

  /** What cannot be done now is tried again after the next news from the feed, or the next heartbeat. */
  private async orWait(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ServiceError) || error.code !== 'unavailable') throw error;
      await this.request.stream.sleep();
    }
  }

  private reset(reason: ResetReason): void {
    const end = this.sources.feed.end();
    this.pendingReset = end === null ? reason : null;
    this.position = end;
    if (end === null) return;
    this.sources.onReset(reason);
    this.request.stream.write({ id: positionText(end), event: 'reset', data: JSON.stringify({ reason }) });
  }
}
