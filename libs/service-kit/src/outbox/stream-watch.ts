import type { KitLog } from '../database/service-database';
import type { EventPublisher, PublishAck } from './event-publisher';
import type { OutboxStore, StreamMark } from './outbox-store';

/**
 * Notices that a stream lost messages it had acknowledged (NATS writes to disk only now and then: a power cut or a deleted store
 * directory takes acknowledged messages along) and lets their rows be published again.
 */
export class StreamWatch {
  /** Highest number this process saw acknowledged, by stream. Only grows unless the stream went back. */
  private readonly seen = new Map<string, number>();
  private readonly known = new Set<string>();

  constructor(
    private readonly store: OutboxStore,
    private readonly publisher: EventPublisher,
    private readonly log: KitLog,
  ) {}

  /** Compares every known stream with its mark. Returns how many rows wait again. */
  async check(): Promise<number> {
    let redriven = 0;
    // The marks are read before the streams: a stream may run ahead of its mark, never the other way round.
    for (const mark of await this.store.knownStreams()) {
      this.known.add(mark.stream);
      const state = await this.publisher.streamState(mark.stream);
      if (state === null) {
        // Without a publication nobody would notice that it has to be created again.
        redriven += await this.redrive(mark.stream, 0, null);
      } else if (state.created !== mark.created) {
        redriven += await this.redrive(mark.stream, 0, { created: state.created, lastSeq: 0 });
      } else if (state.last_seq < mark.lastSeq) {
        redriven += await this.redrive(mark.stream, state.last_seq, {
          created: state.created,
          lastSeq: state.last_seq,
        });
      }
    }
    return redriven;
  }

  /**
   * Looks at the acknowledgements of one batch, before they are recorded: a number at or below one seen earlier means that the
   * stream started again since. Returns how many rows wait again.
   */
  async observe(acks: readonly PublishAck[]): Promise<number> {
    let redriven = 0;
    for (const [stream, numbers] of numbersByStream(acks)) {
      if (!this.known.has(stream)) await this.remember(stream);
      const first = Math.min(...numbers);
      if (first <= (this.seen.get(stream) ?? 0)) {
        this.seen.delete(stream);
        redriven += await this.check();
        redriven += await this.redriveFrom(stream, first - 1);
      }
      this.seen.set(stream, Math.max(this.seen.get(stream) ?? 0, ...numbers));
    }
    return redriven;
  }

  private async remember(stream: string): Promise<void> {
    const state = await this.publisher.streamState(stream);
    if (state === null) return;
    await this.store.addStream(stream, state.created);
    this.known.add(stream);
  }

  /** A tail was lost and others have written since, so the stream's own numbers no longer show it. */
  private async redriveFrom(stream: string, afterSeq: number): Promise<number> {
    const mark = (await this.store.knownStreams()).find((candidate) => candidate.stream === stream);
    return mark && mark.lastSeq > afterSeq
      ? this.redrive(stream, afterSeq, { created: mark.created, lastSeq: afterSeq })
      : 0;
  }

  private async redrive(stream: string, afterSeq: number, mark: StreamMark | null): Promise<number> {
    this.seen.delete(stream);
    if (mark === null) this.known.delete(stream);
    const rows = await this.store.redrive(stream, afterSeq, mark);
    this.log.warn({ stream, after_seq: afterSeq, rows }, 'stream lost acknowledged events; publishing them again');
    return rows;
  }
}

function numbersByStream(acks: readonly PublishAck[]): Map<string, number[]> {
  const numbers = new Map<string, number[]>();
  for (const { stream, seq, duplicate } of acks) {
    // A duplicate names the number of its first copy, which is rightly an old one.
    if (duplicate) continue;
    const list = numbers.get(stream);
    if (list) list.push(seq);
    else numbers.set(stream, [seq]);
  }
  return numbers;
}
