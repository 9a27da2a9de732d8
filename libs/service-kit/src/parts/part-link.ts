import type { MessagePort } from 'node:worker_threads';

/**
 * What of a service runs here: all of it, or one of the two parts of a service that keeps its callers apart from its own work. The edge
 * answers callers; the background does what nobody waits for: consumers, the outbox relay, repeated work.
 */
export type ServicePart = 'whole' | 'edge' | 'background';

/** What the parts of one process tell each other: that there is something to do, and how many callers wait. Nothing that may not be lost. */
export abstract class PartLink {
  private readonly listeners = new Map<string, Set<() => void>>();

  /** Tells whoever listens to `topic`, in this part and in the other one. Nobody listening is fine. */
  abstract ring(topic: string): void;

  /** How many callers the edge keeps waiting: while there are many, work that nobody waits for should step back. */
  abstract waitingCallers: number;

  /** Calls `listener` at each ring of `topic`. Returns how to stop that. */
  onRing(topic: string, listener: () => void): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  protected deliver(topic: string): void {
    for (const listener of this.listeners.get(topic) ?? []) listener();
  }
}

/** The link of a service that runs as a whole. */
export class LocalPartLink extends PartLink {
  waitingCallers = 0;

  ring(topic: string): void {
    this.deliver(topic);
  }
}

/** A message about something to do. */
export interface Ring {
  kind: 'ring';
  topic: string;
}

/** One end of the link between two threads. The other end has the same memory. */
export class ThreadPartLink extends PartLink {
  private readonly waiting: Int32Array;

  /** @param memory of four bytes, shared by both ends */
  constructor(
    memory: SharedArrayBuffer,
    private readonly port: Pick<MessagePort, 'postMessage'>,
  ) {
    super();
    this.waiting = new Int32Array(memory);
  }

  ring(topic: string): void {
    this.deliver(topic);
    this.port.postMessage({ kind: 'ring', topic } satisfies Ring);
  }

  /** A message from the other end. */
  rung({ topic }: Ring): void {
    this.deliver(topic);
  }

  get waitingCallers(): number {
    return Atomics.load(this.waiting, 0);
  }

  set waitingCallers(callers: number) {
    Atomics.store(this.waiting, 0, callers);
  }
}

/** The memory that both ends of a {@link ThreadPartLink} share. */
export const newPartMemory = (): SharedArrayBuffer => new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
