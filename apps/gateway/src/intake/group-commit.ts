import { ServiceError } from '@alertagent/contracts';

/** How much may wait, and how much goes into one commit. */
export interface GroupCommitLimits {
  /** Items written together. */
  maxBatch: number;
  /** Bytes written together; a single larger item goes alone. */
  maxBatchBytes: number;
  /** Items that may wait, those being written included. */
  maxQueue: number;
  /** Bytes that may wait, those being written included. */
  maxQueueBytes: number;
  /** Milliseconds after which the caller is told `unavailable`; the write itself may still succeed. */
  timeoutMs: number;
}

interface Waiting<T> {
  item: T;
  bytes: number;
  resolve: () => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
  isSettled: boolean;
}

/**
 * Turns many single writes into few: while one write is under way the next ones gather, and go together. A commit costs
 * the disk the same for one row as for fifty, so throughput grows with load and a lone row never waits for company.
 */
export class GroupCommit<T> {
  private readonly waiting: Waiting<T>[] = [];
  private held = { items: 0, bytes: 0 };
  private running: Promise<void> | undefined;
  private isClosed = false;

  /**
   * @param write stores all items or none; resolves after the commit
   * @param onBatch told the size of each write, for a metric
   */
  constructor(
    private readonly limits: GroupCommitLimits,
    private readonly write: (items: T[]) => Promise<void>,
    private readonly onBatch: (items: number) => void = () => undefined,
  ) {}

  /** Items that wait for their commit. */
  get depth(): number {
    return this.held.items;
  }

  /**
   * Resolves after `item` is committed. Errors: ServiceError `unavailable` when too much waits already, it takes too long or
   * the store cannot be reached; whatever `write` throws for this item alone.
   */
  submit(item: T, bytes: number): Promise<void> {
    if (this.isClosed) return Promise.reject(overloaded('this instance is shutting down'));
    const isFull = this.held.items >= this.limits.maxQueue || this.held.bytes + bytes > this.limits.maxQueueBytes;
    if (isFull && this.held.items > 0) return Promise.reject(overloaded('too many webhooks are waiting to be stored'));
    return new Promise<void>((resolve, reject) => {
      const entry: Waiting<T> = {
        item,
        bytes,
        resolve,
        reject,
        isSettled: false,
        timer: setTimeout(() => this.expire(entry), this.limits.timeoutMs),
      };
      this.held.items += 1;
      this.held.bytes += bytes;
      this.waiting.push(entry);
      this.running ??= this.run();
    });
  }

  /** Refuses new items and resolves when those taken in are settled. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Requests that were read in the same turn of the event loop belong in the same commit.
    await new Promise(setImmediate);
    while (this.waiting.length > 0) {
      const batch = this.takeBatch();
      if (batch.length > 0) await this.commit(batch);
    }
    this.running = undefined;
  }

  private takeBatch(): Waiting<T>[] {
    const batch: Waiting<T>[] = [];
    let bytes = 0;
    let taken = 0;
    for (const entry of this.waiting) {
      if (batch.length >= this.limits.maxBatch || (batch.length > 0 && bytes + entry.bytes > this.limits.maxBatchBytes))
        break;
      taken += 1;
      // Its sender has been told to come again.
      if (entry.isSettled) continue;
      batch.push(entry);
      bytes += entry.bytes;
    }
    this.waiting.splice(0, taken);
    return batch;
  }

  private async commit(batch: Waiting<T>[]): Promise<void> {
    this.onBatch(batch.length);
    try {
      await this.write(batch.map(({ item }) => item));
      for (const entry of batch) this.settle(entry);
    } catch (error) {
      if (batch.length === 1 || isStoreAway(error)) {
        for (const entry of batch) this.settle(entry, error);
        return;
      }
      // One item the store refuses must not take its neighbours along.
      for (const entry of batch) await this.commit([entry]);
    }
  }

  private expire(entry: Waiting<T>): void {
    this.settle(entry, overloaded('storing the webhook took too long'));
  }

  private settle(entry: Waiting<T>, error?: unknown): void {
    if (entry.isSettled) return;
    entry.isSettled = true;
    clearTimeout(entry.timer);
    this.held.items -= 1;
    this.held.bytes -= entry.bytes;
    if (error === undefined) entry.resolve();
    else entry.reject(error);
  }
}

function isStoreAway(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'unavailable';
}

function overloaded(detail: string): ServiceError {
  return new ServiceError('unavailable', `${detail}; send it again`);
}
