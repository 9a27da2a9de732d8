import { pollUntil, startRedis, type RedisServer } from '@alertagent/local-stack';
import { Redis } from 'ioredis';
import { MemoryCache } from '../src/cache/memory-cache';
import { RedisCache } from '../src/cache/redis-cache';
import type { SharedCache } from '../src/cache/shared-cache';
import { LoggingSettings } from '../src/configuration/observability.settings';
import { createLogger, type Logger } from '../src/logging/logger';

function capture(): { log: Logger; messages: () => string[] } {
  const lines: string[] = [];
  const log = createLogger({
    service: 'gateway',
    config: new LoggingSettings(),
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { log, messages: () => lines.map((line) => (JSON.parse(line) as { message: string }).message) };
}

describe('the shared cache', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  }, 300_000);
  afterAll(() => redis.stop());

  /** A Redis client answers misses until it is connected; wait for that once. */
  async function connected(cache: SharedCache): Promise<SharedCache> {
    await pollUntil(
      async () => {
        await cache.set('probe', '1', 60_000);
        return cache.get('probe');
      },
      { what: 'a cache that keeps what it is given' },
    );
    return cache;
  }

  describe.each<[string, () => SharedCache]>([
    ['in memory', () => new MemoryCache()],
    ['in Redis', () => new RedisCache({ url: redis.url, log: capture().log })],
  ])('%s', (_, make) => {
    let cache: SharedCache;
    beforeEach(async () => (cache = await connected(make())));
    afterEach(() => cache.close());

    it('returns what was set until it is deleted', async () => {
      expect(await cache.get('a')).toBeUndefined();
      await cache.set('a', 'ä\u0000"', 60_000);
      expect(await cache.get('a')).toBe('ä\u0000"');
      await cache.delete('a');
      expect(await cache.get('a')).toBeUndefined();
    });

    it('replaces a value and its time together', async () => {
      await cache.set('b', '1', 1);
      await cache.set('b', '2', 60_000);
      expect(await cache.get('b')).toBe('2');
    });

    it('forgets a value when its time is over', async () => {
      await cache.set('c', '1', 20);
      await pollUntil(async () => (await cache.get('c')) === undefined, { what: 'the value to be forgotten' });
    });

    it('counts each increment once, however many come together', async () => {
      const counts = await Promise.all(Array.from({ length: 50 }, () => cache.increment('d', 60_000)));
      expect(counts.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    });

    it('begins to count anew when the window is over', async () => {
      expect(await cache.increment('e', 20)).toBe(1);
      await pollUntil(async () => (await cache.increment('e', 20)) === 1, { what: 'a new window' });
    });
  });

  it('is shared by two clients of one Redis', async () => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => connected(new RedisCache({ url: redis.url, log: capture().log }))),
    );
    await one?.set('shared', 'x', 60_000);
    expect(await other?.get('shared')).toBe('x');
    await Promise.all([one?.close(), other?.close()]);
  });

  it('answers misses while Redis is gone or hangs, logs that once, and recovers by itself', async () => {
    const { log, messages } = capture();
    const cache = await connected(new RedisCache({ url: redis.url, log }));
    const before = messages().length;

    redis.kill('SIGSTOP');
    expect(await cache.get('probe')).toBeUndefined();
    expect(await cache.increment('alone', 60_000)).toBe(1);
    expect(await cache.increment('alone', 60_000)).toBe(2);
    redis.kill('SIGCONT');
    await connected(cache);
    expect(messages().slice(before)).toEqual([
      'The shared cache is not reachable; going on without it',
      'The shared cache is reachable again',
    ]);

    redis.kill('SIGKILL');
    await redis.exited;
    for (let count = 0; count < 20; count++) expect(await cache.get('probe')).toBeUndefined();
    await redis.restart();
    await connected(cache);
    expect(messages().slice(before)).toHaveLength(4);
    await cache.close();
  });

  it('lets one caller a second find out whether a Redis that hung is back, and spares the others the wait', async () => {
    let now = 0;
    const cache = await connected(new RedisCache({ url: redis.url, log: capture().log, now: () => now }));
    redis.kill('SIGSTOP');
    expect(await cache.get('probe')).toBeUndefined();
    redis.kill('SIGCONT');
    const direct = await connected(new RedisCache({ url: redis.url, log: capture().log }));
    // It answers again, but this one does not ask before its rest is over.
    expect(await cache.get('probe')).toBeUndefined();
    now += 1_000;
    await pollUntil(
      async () => {
        now += 1_000;
        return cache.get('probe');
      },
      { what: 'the value' },
    );
    await Promise.all([cache.close(), direct.close()]);
  });

  it('goes on without keeping anything while Redis has no memory left, says so once, and keeps again afterwards', async () => {
    const { log, messages } = capture();
    const cache = await connected(new RedisCache({ url: redis.url, log }));
    const admin = new Redis(redis.url);
    await admin.config('SET', 'maxmemory', '1');
    const before = messages().length;
    for (let count = 0; count < 5; count++) await cache.set(`full-${count}`, '1', 60_000);
    expect(await cache.get('full-0')).toBeUndefined();
    expect(await cache.increment('full', 60_000)).toBe(1);
    expect(messages().slice(before)).toEqual([expect.stringContaining('no memory left')]);
    await admin.config('SET', 'maxmemory', '0');
    await connected(cache);
    await cache.set('full-0', '1', 60_000);
    expect(await cache.get('full-0')).toBe('1');
    admin.disconnect();
    await cache.close();
  });

  it('never throws when there has been no Redis from the start', async () => {
    const { log, messages } = capture();
    const cache = new RedisCache({ url: 'redis://127.0.0.1:1', log });
    expect(await cache.get('x')).toBeUndefined();
    await cache.set('x', '1', 1_000);
    await cache.delete('x');
    expect(await cache.increment('x', 1_000)).toBe(1);
    await pollUntil(() => messages().length > 0, { what: 'the outage in the log' });
    await cache.close();
    expect(messages()).toHaveLength(1);
  });
});
