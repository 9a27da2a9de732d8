import type { Socket } from 'node:net';
import { delayOf, portionOf, type Direction, type ProxyMode } from './proxy-mode';

interface Piece {
  bytes: Buffer;
  readyAt: number;
}

/** What a lane needs to know from its proxy. */
export interface LaneSurroundings {
  mode(): ProxyMode;
  random(): number;
  /** Sees each piece before it is passed on; it may change the mode. */
  tap(direction: Direction, bytes: Buffer): void;
}

/** A sender is slowed down, as by a full window, when so much waits. */
const MAX_WAITING_BYTES = 1_048_576;

/** One direction of one connection. */
export class ProxyLane {
  private readonly waiting: Piece[] = [];
  private waitingBytes = 0;
  private passedBytes = 0;
  private hasEnded = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly direction: Direction,
    private readonly surroundings: LaneSurroundings,
  ) {
    from.on('data', (bytes: Buffer) => this.take(bytes));
    from.on('end', () => {
      this.hasEnded = true;
      this.pump();
    });
    to.on('drain', () => this.pump());
  }

  /** To be called when the mode has changed. */
  pump(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    for (;;) {
      const mode = this.surroundings.mode();
      const head = this.waiting[0];
      if (mode.kind === 'blackhole' || this.to.destroyed) return;
      if (head === undefined) break;
      const waitMs = head.readyAt - performance.now();
      if (waitMs > 0) return this.later(waitMs);
      const { bytes, restMs } = portionOf(mode);
      const isFull = !this.pass(head, Math.min(bytes, this.allowance(mode)));
      if (mode.kind === 'limit_data' && this.allowance(mode) === 0) {
        this.to.destroySoon();
        this.from.destroy();
        return;
      }
      if (restMs > 0) return this.later(restMs);
      if (isFull) return;
    }
    if (this.hasEnded) this.to.end();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private take(bytes: Buffer): void {
    this.surroundings.tap(this.direction, bytes);
    const { mode, random } = this.surroundings;
    const readyAt = performance.now() + delayOf(mode(), this.direction, random);
    // Jitter must not let a later piece overtake an earlier one.
    this.waiting.push({ bytes, readyAt: Math.max(readyAt, this.waiting.at(-1)?.readyAt ?? 0) });
    this.waitingBytes += bytes.length;
    if (this.waitingBytes > MAX_WAITING_BYTES) this.from.pause();
    if (this.timer === undefined) this.pump();
  }

  /** Sends the first `count` bytes of the oldest piece. False when the receiver asks for a pause. */
  private pass(head: Piece, count: number): boolean {
    const part = head.bytes.subarray(0, count);
    if (part.length === head.bytes.length) this.waiting.shift();
    else head.bytes = head.bytes.subarray(count);
    this.waitingBytes -= part.length;
    this.passedBytes += part.length;
    if (this.waitingBytes <= MAX_WAITING_BYTES) this.from.resume();
    return part.length === 0 || this.to.write(part);
  }

  private allowance(mode: ProxyMode): number {
    if (mode.kind !== 'limit_data' || this.direction === 'up') return Number.POSITIVE_INFINITY;
    return Math.max(0, mode.bytes - this.passedBytes);
  }

  private later(ms: number): void {
    this.timer = setTimeout(() => this.pump(), Math.ceil(ms));
  }
}
