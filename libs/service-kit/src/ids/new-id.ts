import { randomFillSync } from 'node:crypto';

// One system call for many ids: the webhook path makes one per alert.
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomBytesFromPool(count: number): Buffer {
  if (used + count > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += count;
  return pool.subarray(used - count, used);
}

const HIGH_LIMIT = 0xfff; // 12 bits: the field after the version
const LOW_LIMIT = 0x3fff_ffff; // 30 bits: the field after the variant

let lastMs = 0;
let high = 0;
let low = 0;

function seedCounter(): void {
  const random = randomBytesFromPool(6);
  // The top bit stays clear so that a busy millisecond has room to count up.
  high = random.readUInt16BE(0) & (HIGH_LIMIT >> 1);
  low = random.readUInt32BE(2) & LOW_LIMIT;
}

function advance(nowMs: number): void {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    seedCounter();
    return;
  }
  // Same millisecond, or a clock that was set back: count on from the last id, by a random step so that ids stay unguessable.
  low += 1 + (randomBytesFromPool(1)[0] ?? 0);
  if (low <= LOW_LIMIT) return;
  low -= LOW_LIMIT + 1;
  high += 1;
  if (high <= HIGH_LIMIT) return;
  lastMs += 1;
  seedCounter();
}

/**
 * A new UUIDv7 (RFC 9562): 48 bits of epoch milliseconds, a 42-bit counter, 32 random bits. Every id of this process
 * sorts after the one before it, as text and as bytes, even within a millisecond or when the clock steps back.
 */
export function newId(): string {
  advance(Date.now());
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | high, 6);
  bytes.writeUInt32BE((0x8000_0000 | low) >>> 0, 8);
  randomBytesFromPool(4).copy(bytes, 12);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** When a UUIDv7 was made, to the millisecond. Errors: RangeError when the text is no UUIDv7. */
export function idTime(id: string): Date {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id)) {
    throw new RangeError('not a UUIDv7');
  }
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
