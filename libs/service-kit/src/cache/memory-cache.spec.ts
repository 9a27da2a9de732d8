import { MemoryCache } from './memory-cache';

describe('the cache in memory', () => {
  it('forgets a value when its time is over', async () => {
    let now = 0;
    const cache = new MemoryCache({ now: () => now });
    await cache.set('k', 'v', 100);
    now = 99;
    expect(await cache.get('k')).toBe('v');
    now = 100;
    expect(await cache.get('k')).toBeUndefined();
  });

  it('counts within a window that begins with the first increment', async () => {
    let now = 0;
    const cache = new MemoryCache({ now: () => now });
    expect(await cache.increment('k', 100)).toBe(1);
    now = 60;
    expect(await cache.increment('k', 100)).toBe(2);
    now = 100;
    expect(await cache.increment('k', 100)).toBe(1);
  });

  it('drops the oldest entries instead of growing without bound', async () => {
    const cache = new MemoryCache({ maxEntries: 2 });
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, 1_000);
    expect([await cache.get('a'), await cache.get('b'), await cache.get('c')]).toEqual([undefined, 'b', 'c']);
  });
});
