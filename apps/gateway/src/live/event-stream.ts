import type { ServerResponse } from 'node:http';

/** The answer that an event stream is written into, as the `text/event-stream` format wants it. */
export class EventStream {
  private wakeSleeper: (() => void) | null = null;
  private isOpen = true;

  /** @param onClose called once when nothing can be written any more, whoever ended it */
  constructor(
    private readonly response: ServerResponse,
    private readonly onClose: () => void,
  ) {
    response.on('drain', () => this.wake());
    response.on('error', () => this.closed());
    response.on('close', () => this.closed());
  }

  get isClosed(): boolean {
    return !this.isOpen;
  }

  /** More is written than the reader has taken. Writing on would pile it up in memory. */
  get isFull(): boolean {
    return this.response.writableNeedDrain;
  }

  /** Writes one event, or only an id or a comment when it has no data; a reader of the other end remembers the id in any case. */
  write({ id, event, data, comment, retry }: EventFields): void {
    if (!this.isOpen) return;
    const lines = [
      ...(comment === undefined ? [] : [`: ${comment}`]),
      ...(retry === undefined ? [] : [`retry: ${retry}`]),
      ...(id === undefined ? [] : [`id: ${id}`]),
      ...(event === undefined ? [] : [`event: ${event}`]),
      ...(data === undefined ? [] : [`data: ${data}`]),
    ];
    this.response.write(`${lines.join('\n')}\n\n`);
  }

  /** Sleeps until `wake` is called, the reader has taken what was written, or the stream is closed. */
  async sleep(): Promise<void> {
    if (!this.isOpen) return;
    await new Promise<void>((resolve) => (this.wakeSleeper = resolve));
  }

  wake(): void {
    const wakeSleeper = this.wakeSleeper;
    this.wakeSleeper = null;
    wakeSleeper?.();
  }

  /** Ends the stream; at once when the reader does not take what is there. */
  end(): void {
    if (!this.isOpen) return;
    if (this.isFull) this.response.destroy();
    else this.response.end();
    this.closed();
  }

  private closed(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.wake();
    this.onClose();
  }
}

/** The fields of an event; none may contain a line break. */
export interface EventFields {
  id?: string;
  event?: string;
  data?: string;
  comment?: string;
  /** Milliseconds the reader should wait before it comes again. */
  retry?: number;
}
