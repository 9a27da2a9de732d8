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
  /**
   * Milliseconds an item may wait for its commit. While the first in a sender's line has waited longer, or by the last commits a new one
   * would, the sender's next ones are refused.
   */
  maxWaitMs: number;
  /** Milliseconds after which the caller is told `unavailable`; the write itself may still succeed. */
  timeoutMs: number;
}

/** How much the last commit counts against those before it: a single hiccup closes no line. */
const WEIGHT_OF_LAST = 0.5;

/** Who is told how it goes. */
export interface GroupCommitObserver {
  /** The size of each write, for a metric. */
  onBatch?(items: number): void;
  /** How many items wait now, those being written included, at each change. */
  onDepth?(items: number): void;
}

interface Waiting<T> {
  item: T;
  sender: string;
  bytes: number;
  /** When it was taken in, by `performance.now()`. */
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
  isSettled: boolean;
}

interface Held {
  items: number;
  bytes: number;
}

/**
 * Turns many single writes into few: while one write is under way the next ones gather, and go together. A commit costs
 * the disk the same for one row as for fifty, so throughput grows with load and a lone row never waits for company.
 *
 * Senders take turns, and none may hold more of the queue than is still free: a storm from one fills half of it and is refused
 * then, while there is room for everybody else.
 */
export class GroupCommit<T> {
  /** What waits, by sender; in the order of their turns. */
  private readonly waiting = new Map<string, Waiting<T>[]>();
  private readonly held: Held = { items: 0, bytes: 0 };
  private readonly heldBy = new Map<string, Held>();
  private running: Promise<void> | undefined;
  private isClosed = false;
  /** What a commit takes by the last ones, in milliseconds; 0 before the first. */
  private commitMs = 0;

  /**
   * @param write stores all items or none; resolves after the commit
   */
  constructor(
    private readonly limits: GroupCommitLimits,
    private readonly write: (items: T[]) => Promise<void>,
    private readonly observer: GroupCommitObserver = {},
  ) {}

  /** Items that wait for their commit. */
  get depth(): number {
    return this.held.items;
  }

  /**
   * Resolves after `item` of this sender is committed. Errors: ServiceError `unavailable` when too much waits already, it takes too
   * long or the store cannot be reached; whatever `write` throws for this item alone.
   */
  submit(item: T, bytes: number, sender = ''): Promise<void> {
    const refusal = this.refusalOf(bytes, sender);
    if (refusal !== null) return Promise.reject(refusal);
    return new Promise<void>((resolve, reject) => {
      const entry: Waiting<T> = {
        item,
        sender,
        bytes,
        since: performance.now(),
        resolve,
        reject,
        isSettled: false,
        timer: setTimeout(() => this.expire(entry), this.limits.timeoutMs),
      };
      this.hold(sender, 1, bytes);
      const queue = this.waiting.get(sender);
      if (queue === undefined) this.waiting.set(sender, [entry]);
      else queue.push(entry);
      this.running ??= this.run();
    });
  }

  /**
   * Why an item of this size would be refused now, null when it would not. To be asked before work is put into an item: under
   * overload most are refused, and what that costs is missing for the others.
   */
  refusalOf(bytes: number, sender = ''): ServiceError | null {
    if (this.isClosed) return SHUTTING_DOWN;
    if (!this.hasRoomFor(bytes, sender)) return TOO_MANY;
    // A line that moves too slowly is closed long before it is full: who is let in is answered soon.
    if (Math.max(this.waitOfFirst(sender), this.expectedWait(bytes, sender)) > this.limits.maxWaitMs) return TOO_SLOW;
    return null;
  }

  private waitOfFirst(sender: string): number {
    const first = this.waiting.get(sender)?.[0];
    return first === undefined ? 0 : performance.now() - first.since;
  }

  /** How long a new item of this sender would wait for its commit; the first in an empty line is always tried. */
  private expectedWait(bytes: number, sender: string): number {
    const own = this.heldBy.get(sender);
    if (own === undefined) return 0;
    const { maxBatch, maxBatchBytes } = this.limits;
    const lines = this.waiting.size + (this.waiting.has(sender) ? 0 : 1);
    const before = {
      items: Math.min(this.held.items, own.items * lines),
      bytes: Math.min(this.held.bytes, own.bytes * lines),
    };
    const commitsBefore = Math.max(before.items / maxBatch, (before.bytes + bytes) / maxBatchBytes - 1);
    return (Math.floor(Math.max(0, commitsBefore)) + 1) * this.commitMs;
  }

  private hasRoomFor(bytes: number, sender: string): boolean {
    const own = this.heldBy.get(sender) ?? NOTHING;
    const freeItems = this.limits.maxQueue - this.held.items;
    const freeBytes = this.limits.maxQueueBytes - this.held.bytes;
    // A single item of any size is taken while nothing else waits.
    if (this.held.items === 0) return true;
    if (freeItems <= 0 || bytes > freeBytes) return false;
    return own.items === 0 || (own.items < freeItems && own.bytes + bytes <= freeBytes);
  }

  private hold(sender: string, items: number, bytes: number): void {
    const own = this.heldBy.get(sender) ?? { ...NOTHING };
    for (const held of [this.held, own]) {
      held.items += items;
      held.bytes += bytes;
    }
    if (own.items === 0) this.heldBy.delete(sender);
    else this.heldBy.set(sender, own);
    this.observer.onDepth?.(this.held.items);
  }

  /** Refuses new items and resolves when those taken in are settled. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.running;
  }

  private async run(): Promise<void> {
    // Requests that were read in the same turn of the event loop belong in the same commit.
    await new Promise(setImmediate);
    while (this.waiting.size > 0) {
      const batch = this.takeBatch();
      if (batch.length > 0) await this.commit(batch);
    }
    this.running = undefined;
  }

  /** One item of each sender in turn, until the batch is full; who comes too late is the first of the next batch. */
  private takeBatch(): Waiting<T>[] {
    const batch: Waiting<T>[] = [];
    let bytes = 0;
    while (this.waiting.size > 0 && batch.length < this.limits.maxBatch) {
      const [sender, queue] = this.waiting.entries().next().value!;
      const entry = queue[0]!;
      // The sender of a settled one has been told to come again.
      if (!entry.isSettled) {
        if (batch.length > 0 && bytes + entry.bytes > this.limits.maxBatchBytes) break;
        batch.push(entry);
        bytes += entry.bytes;
      }
      queue.shift();
      this.waiting.delete(sender);
      if (queue.length > 0) this.waiting.set(sender, queue);
    }
    return batch;
  }

  private async commit(batch: Waiting<T>[]): Promise<void> {
    this.observer.onBatch?.(batch.length);
    const began = performance.now();
    try {
      await this.write(batch.map(({ item }) => item));
      const took = performance.now() - began;
      this.commitMs = this.commitMs === 0 ? took : this.commitMs + (took - this.commitMs) * WEIGHT_OF_LAST;
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
    this.settle(entry, EXPIRED);
  }

  private settle(entry: Waiting<T>, error?: unknown): void {
    if (entry.isSettled) return;
    entry.isSettled = true;
    clearTimeout(entry.timer);
    this.hold(entry.sender, -1, -entry.bytes);
    if (error === undefined) entry.resolve();
    else entry.reject(error);
  }
}

const NOTHING: Readonly<Held> = { items: 0, bytes: 0 };

function isStoreAway(error: unknown): boolean {
  return error instanceof ServiceError && error.code === 'unavailable';
}

const overloaded = (detail: string): ServiceError => new ServiceError('unavailable', `${detail}; send it again`);

// Made once: under overload most webhooks are refused, and the stack of an error costs a tenth of a refusal.
const SHUTTING_DOWN = overloaded('this instance is shutting down');
const TOO_MANY = overloaded('too many webhooks are waiting to be stored');
const TOO_SLOW = overloaded('webhooks are waiting too long to be stored');
const EXPIRED = overloaded('storing the webhook took too long');
