/** What the network between a client and a server does, from now on and to connections that exist already. */
export type ProxyMode =
  /** Everything passes. */
  | { kind: 'pass' }
  /** Each piece from the server arrives `ms` later, give or take `jitterMs`; order is kept. `both` delays requests too. */
  | { kind: 'latency'; ms: number; jitterMs?: number; both?: boolean }
  /** Nobody listens: new connections are refused, existing ones are reset. */
  | { kind: 'refuse' }
  /** Connections stay or are made, nothing gets through. What was sent arrives once the hole closes, as TCP would deliver it. */
  | { kind: 'blackhole' }
  /** Every connection is cut with a reset, new ones as soon as they are made. */
  | { kind: 'reset' }
  /** Each direction of each connection carries at most so much. */
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** Data arrives in small pieces with pauses between them. */
  | { kind: 'slicer'; bytes: number; delayMs: number }
  /** A connection is cut after the server has sent so many bytes through it. */
  | { kind: 'limit_data'; bytes: number };

/** Towards the server, or back to the client. */
export type Direction = 'up' | 'down';

/** Everything passes. */
export const PASS: ProxyMode = { kind: 'pass' };

/** Bandwidth is handed out this often, in milliseconds. */
const BANDWIDTH_TICK_MS = 20;

/** Milliseconds a piece waits before it may be sent. */
export function delayOf(mode: ProxyMode, direction: Direction, random: () => number): number {
  if (mode.kind !== 'latency' || (direction === 'up' && !mode.both)) return 0;
  return Math.max(0, mode.ms + (random() * 2 - 1) * (mode.jitterMs ?? 0));
}

/** How many bytes may go at once, and how many milliseconds to rest afterwards. */
export function portionOf(mode: ProxyMode): { bytes: number; restMs: number } {
  if (mode.kind === 'bandwidth') {
    const bytes = Math.max(1, Math.floor((mode.bytesPerSecond * BANDWIDTH_TICK_MS) / 1_000));
    return { bytes, restMs: (bytes / mode.bytesPerSecond) * 1_000 };
  }
  if (mode.kind === 'slicer') return { bytes: Math.max(1, mode.bytes), restMs: mode.delayMs };
  return { bytes: Number.POSITIVE_INFINITY, restMs: 0 };
}
