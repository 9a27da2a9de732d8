import type { SharedCache } from './shared-cache';

export interface MemoryCacheOptions {
  /** Entries kept; the one set longest ago goes first. */
  maxEntries?: number;
  /** Clock in epoch ms; for tests. */
  now?: () => number;
}

interface Entry {
  value: string;
  expiresAt: number;
}

/** The cache of a single process: embedded mode, and what a process falls back to for counting while Redis is away. */
export class MemoryCache implements SharedCache {
  // A Map keeps insertion order, so its first key is the oldest entry.
  private readonly entries = new Map<string, Entry>();
  private readonly maxEntries: number;
  private readonly now: () => number;

  constructor({ maxEntries = 10_000, now = Date.now }: MemoryCacheOptions = {}) {
    this.maxEntries = maxEntries;
    this.now = now;
  }

  async get(key: string): Promise<string | undefined> {
    return this.fresh(key)?.value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.put(key, { value, expiresAt: this.now() + ttlMs });
  }

  async delete(key: string): Promise<void> {
    this.entries.delete(key);
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    const entry = this.fresh(key);
    const count = Number(entry?.value ?? 0) + 1;
    if (entry) entry.value = String(count);
    else this.put(key, { value: String(count), expiresAt: this.now() + ttlMs });
    return count;
  }

  async close(): Promise<void> {
    this.entries.clear();
  }

  private fresh(key: string): Entry | undefined {
    const entry = this.entries.get(key);
    if (entry && entry.expiresAt <= this.now()) {
      this.entries.delete(key);
      return undefined;
    }
    return entry;
  }

  private put(key: string, entry: Entry): void {
    this.entries.delete(key);
    this.entries.set(key, entry);
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= this.maxEntries) break;
      this.entries.delete(oldest);
    }
  }
}
