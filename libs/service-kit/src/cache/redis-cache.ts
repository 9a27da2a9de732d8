import { Redis } from 'ioredis';
import type { Logger } from '../logging/logger';
import { MemoryCache } from './memory-cache';
import type { SharedCache } from './shared-cache';

export interface RedisCacheOptions {
  /** `redis://…` or `rediss://…`. */
  url: string;
  /** First part of all keys, so that several programs can share a server. */
  prefix?: string;
  log: Logger;
  /** Monotonic milliseconds; for tests. */
  now?: () => number;
}

/** Expiry is set together with the first increment: a count that never expires would lock somebody out for ever. */
const INCREMENT = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count`;

/** How long one command may take before its caller goes on without the cache. */
const COMMAND_TIMEOUT_MS = 200;

/** After a failure nobody waits for the server for so long; then one caller tries it again. */
const REST_MS = 1_000;

/** The cache of several replicas. A slow or absent Redis costs at most 200 ms once, and then nothing but cache misses. */
export class RedisCache implements SharedCache {
  private readonly redis: Redis;
  private readonly own = new MemoryCache();
  private readonly log: Logger;
  private readonly now: () => number;
  private isAway = false;
  private isFull = false;
  /** Monotonic time until which the server is not asked. */
  private restUntil = 0;

  constructor({ url, prefix = 'alertagent:', log, now = () => performance.now() }: RedisCacheOptions) {
    this.log = log;
    this.now = now;
    this.redis = new Redis(url, {
      keyPrefix: prefix,
      commandTimeout: COMMAND_TIMEOUT_MS,
      connectTimeout: 2_000,
      // Without a connection a command fails at once instead of waiting for one.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(100 * 2 ** attempt, 2_000),
    });
    // Without a listener ioredis writes to the console.
    this.redis.on('error', (error: Error) => this.noteFailure(error));
    this.redis.on('ready', () => this.noteBack());
  }

  async get(key: string): Promise<string | undefined> {
    return this.attempt(
      async () => (await this.redis.get(key)) ?? undefined,
      async () => undefined,
    );
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await this.attempt(
      async () => {
        await this.redis.set(key, value, 'PX', wholeMs(ttlMs));
        this.isFull = false;
      },
      async () => undefined,
    );
  }

  async delete(key: string): Promise<void> {
    await this.attempt(
      async () => void (await this.redis.del(key)),
      async () => undefined,
    );
  }

  async increment(key: string, ttlMs: number): Promise<number> {
    return this.attempt(
      async () => Number(await this.redis.eval(INCREMENT, 1, key, wholeMs(ttlMs))),
      () => this.own.increment(key, ttlMs),
    );
  }

  async close(): Promise<void> {
    this.redis.disconnect();
    await this.own.close();
  }

  private async attempt<T>(command: () => Promise<T>, without: () => Promise<T>): Promise<T> {
    if (this.now() < this.restUntil) return without();
    // While it is away the others do not wait together with the one who tries.
    if (this.isAway) this.restUntil = this.now() + REST_MS;
    try {
      const result = await command();
      this.noteBack();
      return result;
    } catch (error) {
      if (isOutOfMemory(error)) this.noteFull();
      else this.noteFailure(error);
      return without();
    }
  }

  /** It answers, but takes nothing in: reading goes on, and what is not kept is only a miss. */
  private noteFull(): void {
    if (this.isFull) return;
    this.isFull = true;
    this.log.warn('The shared cache has no memory left and takes nothing in; going on with what it has');
  }

  /** Once per outage: at thousands of alerts a second the log would drown. */
  private noteFailure(error: unknown): void {
    this.restUntil = this.now() + REST_MS;
    if (this.isAway) return;
    this.isAway = true;
    this.log.warn({ error }, 'The shared cache is not reachable; going on without it');
  }

  private noteBack(): void {
    this.restUntil = 0;
    if (!this.isAway) return;
    this.isAway = false;
    this.log.info('The shared cache is reachable again');
  }
}

/** Redis at its `maxmemory` without a policy that lets it forget something. */
function isOutOfMemory(error: unknown): boolean {
  // Inside a script the error is told as the script's own.
  return error instanceof Error && /\bOOM command not allowed\b/.test(error.message);
}

function wholeMs(ttlMs: number): number {
  return Math.max(1, Math.ceil(ttlMs));
}
